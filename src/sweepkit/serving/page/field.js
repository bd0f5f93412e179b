// One field of the form: label, control, hint, and a note when something is odd.

import { buildBooleanControl, buildCategoryControl } from "./control_choice.js";
import { buildNumberControl } from "./control_number.js";
import { buildDateControl, buildTextControl } from "./control_text.js";
import { breakable, make } from "./dom.js";

/** Build the field of a column; `examples` are the cells of this column in examples. */
export function buildField(column, index, examples) {
  const id = `field-${index}`;
  const control = chooseControl(column, id, examples);
  const note = make("p", { class: "note", id: `${id}-note` });
  control.input.setAttribute("aria-describedby", `${id}-hint ${id}-note`);
  control.input.setAttribute("aria-required", String(column.required));
  const element = make("div", { class: "field" },
    make("label", { for: id }, breakable(column.name), column.required ? null : optional()),
    control.input,
    control.extra,
    make("p", { class: "hint", id: `${id}-hint` }, control.hint),
    note,
  );
  const say = (text, isError) => {
    note.textContent = text;
    note.classList.toggle("error", isError);
    element.classList.toggle("wrong", isError);
    control.input.setAttribute("aria-invalid", String(isError));
  };
  const settle = () => say(control.oddity(), false);
  element.addEventListener("input", settle);
  return {
    element,
    column,
    read: control.read,
    write(cell) {
      control.write(cell);
      settle();
    },
    settle,
    fail: (text) => say(text, true),
    focus: () => (control.place?.() ?? control.input).focus(),
  };
}

function chooseControl(column, id, examples) {
  if (column.kind === "double") return buildNumberControl(column, id);
  if (column.kind === "boolean") return buildBooleanControl(column, id);
  if (column.kind === "datetime") return buildDateControl(column, id, examples);
  const known = Object.keys(column.categories).length > 0;
  return known ? buildCategoryControl(column, id) : buildTextControl(column, id);
}

const optional = () => make("span", { class: "optional" }, " optional");
