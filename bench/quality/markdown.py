"""The tables of issue and guide, from the results."""

from collections import defaultdict
from statistics import mean, median

from scores import HIGHER_IS_BETTER

OURS = "ours"
HOUSING = ("housing", "housing_features", "housing_lag", "housing_knn")
OTHER = ("diamonds", "movies", "friedman", "flchain", "rare", "chile")


def show(results):
    """Print every table that the results can fill."""
    scored = [one for one in results if one.get("score") is not None]
    for budget in sorted({one["budget"] for one in scored}):
        some = [one for one in scored if one["budget"] == budget]
        show_splits("California housing, RMSE in dollars", some, HOUSING, budget)
        title = "Number columns only, RMSE in 100,000 dollars"
        show_splits(title, some, ("housing_numeric",), budget)
        show_ranks(some, budget)
    show_permuted(scored)
    show_seconds(scored)
    show_failures(results)


def show_splits(title, results, tables, budget):
    """Print a line a tool and table: the score of each split, mean and median."""
    found = defaultdict(dict)
    for one in results:
        if one["table"] in tables:
            found[one["tool"], one["table"]][one["split"]] = one["score"]
    if not found:
        return
    splits = sorted({s for scores in found.values() for s in scores})
    splits.sort(key=lambda split: split != 42)  # the split of every other page first
    print(f"\n{title}, {budget:g} s\n")
    print(f"| tool | table | {' | '.join(map(str, splits))} | mean | median |")
    print("|---" * (len(splits) + 4) + "|")
    for (tool, table), scores in sorted(found.items(), key=lambda x: _mean(x[1])):
        cells = [_number(scores[s]) if s in scores else "" for s in splits]
        cells += [_number(_mean(scores)), _number(median(scores.values()))]
        print(f"| {tool} | {table} | {' | '.join(cells)} |")


def show_ranks(results, budget):
    """Print the median over splits of each tool and table, with its rank."""
    found = _collect_medians(results)
    tools = sorted({tool for scores, _ in found.values() for tool in scores})
    if not tools:
        return
    tools.sort(key=lambda tool: tool != OURS)
    print(f"\nMedian of the splits (rank), {budget:g} s\n")
    print(f"| table | metric | {' | '.join(tools)} |")
    print("|---" * (len(tools) + 2) + "|")
    ranks = defaultdict(list)
    for table, (scores, metric) in found.items():
        cells = []
        for tool in tools:
            if tool not in scores:
                cells.append("")
                continue
            ranks[tool].append(_rank(scores, tool, HIGHER_IS_BETTER[metric]))
            cells.append(f"{_number(scores[tool])} ({ranks[tool][-1]})")
        print(f"| {table} | {metric} | {' | '.join(cells)} |")
    told = [f"{mean(ranks[tool]):.2f}, {max(ranks[tool])}" for tool in tools]
    print(f"| mean rank, worst | | {' | '.join(told)} |")


def _collect_medians(results):
    """Return for each of the other tables the median by tool, and the metric."""
    found = {}
    for table in OTHER:
        by_tool = defaultdict(list)
        for one in results:
            if one["table"] == table:
                by_tool[one["tool"]].append(one["score"])
                metric = one["metric"]
        if by_tool:
            medians = {tool: median(scores) for tool, scores in by_tool.items()}
            found[table] = medians, metric
    return found


def _rank(scores, tool, higher):
    sign = -1 if higher else 1
    return 1 + sum(sign * other < sign * scores[tool] for other in scores.values())


def show_permuted(results):
    """Print scores on permuted targets beside what a constant scores."""
    rows = [one for one in results if one["table"].startswith("permuted_")]
    if not rows:
        return
    print("\nPermuted target: score against a constant\n")
    print("| tool | table | budget s | metric | score | constant | ratio |")
    print("|---|---|---|---|---|---|---|")
    for one in rows:
        cells = [one["tool"], one["table"], f"{one['budget']:g}", one["metric"]]
        cells += [_number(one["score"]), _number(one["constant"])]
        print(f"| {' | '.join(cells)} | {one['score'] / one['constant']:.4f} |")


def show_seconds(results):
    """Print wall-clock against the budget, everything included."""
    spent = defaultdict(list)
    for one in results:
        spent[one["tool"], one["budget"]].append(one["seconds"])
    if not spent:
        return
    print("\nSeconds of the whole process\n")
    print("| tool | budget s | runs | median | least | most | furthest off |")
    print("|---|---|---|---|---|---|---|")
    for (tool, budget), seconds in sorted(spent.items()):
        furthest = max((s / budget - 1 for s in seconds), key=abs)
        print(
            f"| {tool} | {budget:g} | {len(seconds)} | {median(seconds):.1f} | "
            f"{min(seconds):.1f} | {max(seconds):.1f} | {furthest:+.1%} |"
        )


def show_failures(results):
    """Print what each failed run said last."""
    for one in results:
        if one.get("score") is None:
            run = f"{one['tool']} {one['table']}/{one['split']}, {one['budget']:g} s"
            last = one.get("error", "").strip().splitlines()[-2:]
            print(f"\nfailed: {run}: {' / '.join(last)}")


def _mean(scores):
    return mean(scores.values())


def _number(value):
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.4f}"
