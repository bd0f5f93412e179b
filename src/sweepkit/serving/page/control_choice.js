// A field that offers values: categories, or true and false.

import { make } from "./dom.js";

const BLANK = "blank";
const OTHER = "other";
const COMMONEST_FIRST = 12;

/** Categories as a drop-down; with `other...` where training saw more than are listed. */
export function buildCategoryControl(column, id) {
  const names = orderNames(Object.keys(column.categories), column.categories);
  const choice = buildSelect(names, names, column, id, column.more_categories);
  const other = column.more_categories ? buildOther(column.name, id, choice.input) : null;
  const listed = (cell) => cell === null || names.includes(cell);
  return {
    input: choice.input,
    place: () => (choice.input.value === OTHER ? other.element : choice.input),
    extra: other?.element ?? null,
    hint: "",
    read: () => (choice.input.value === OTHER ? other.read() : choice.read()),
    write(cell) {
      if (listed(cell) || !other) choice.write(cell);
      else choice.input.value = OTHER;
      other?.write(listed(cell) ? "" : cell);
    },
    oddity: () => "",
  };
}

/** True or false as a drop-down: a box to tick could not be blank. */
export function buildBooleanControl(column, id) {
  const choice = buildSelect([true, false], ["true", "false"], column, id, false);
  return { ...choice, extra: null, hint: "", oddity: () => "" };
}

// Options are numbered, so that no category can be mistaken for `blank` or `other`.
function buildSelect(values, labels, column, id, withOther) {
  const input = make("select", { id },
    make("option", { value: BLANK }, column.required ? "choose…" : "(blank)"),
    ...labels.map((label, i) => make("option", { value: i }, label === "" ? "(empty text)" : label)),
    withOther ? make("option", { value: OTHER }, "other…") : null,
  );
  return {
    input,
    read() {
      if (input.value !== BLANK) return { value: values[Number(input.value)] };
      return column.required ? { problem: "Choose a value." } : { value: null };
    },
    write(cell) {
      const place = values.indexOf(cell);
      input.value = place < 0 ? BLANK : String(place);
    },
  };
}

function buildOther(name, id, select) {
  const element = make("input", {
    id: `${id}-other`, type: "text", "aria-label": `other value of ${name}`,
    placeholder: "another value", autocomplete: "off",
  });
  const show = () => { element.hidden = select.value !== OTHER; };
  select.addEventListener("change", () => {
    show();
    if (!element.hidden) element.focus();
  });
  show();
  return {
    element,
    read: () => (element.value === "" ? { problem: "Type the other value." } : { value: element.value }),
    write(cell) {
      element.value = cell;
      show();
    },
  };
}

// A short list is read from the commonest down; a long one is looked up.
function orderNames(names, shares) {
  if (names.length <= COMMONEST_FIRST) return names.sort((a, b) => shares[b] - shares[a]);
  return names.sort(new Intl.Collator("en", { numeric: true }).compare);
}
