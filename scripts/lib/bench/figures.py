"""Writes the figures of scripts/bench into a README, between its markers.

figures.py FOLDER README PARTS QUICK    FOLDER holds the reports; a part that did not run keeps its text
"""

import json
import os
import platform
import re
import sys
import tempfile
from pathlib import Path


def main():
    folder, readme, parts, quick = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3].split(","), sys.argv[4] == "yes"
    text = readme.read_text(encoding="utf-8")
    if "models" in parts:
        text = replace(text, "models", models(read(folder / "models/report.json")))
    if "repeat" in parts:
        reports = [read(folder / f"repeat-{run}/report.json") for run in (1, 2)]
        text = replace(text, "repeat", repeat(read(folder / "repeat.json"), reports))
    if "micro" in parts:
        text = replace(text, "micro", micro(read(folder / "micro.json"), quick))
    write(readme, text)


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def write(path, text):
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as file:
        file.write(text)
    os.chmod(file.name, path.stat().st_mode)
    os.replace(file.name, path)


def replace(text, part, content):
    """What stands between the two comments of a part becomes the content."""
    begin, end = f"<!-- figures: {part} -->", f"<!-- end: {part} -->"
    if text.count(begin) != 1 or text.count(end) != 1:
        sys.exit(f"figures.py: the README must have '{begin}' and '{end}' once each")
    head, rest = text.split(begin)
    _, tail = rest.split(end)
    return f"{head}{begin}\n{content.strip()}\n{end}{tail}"


def table(titles, rows):
    lines = ["| " + " | ".join(titles) + " |", "|" + "---|" * len(titles)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def digits(value):
    """About three digits that mean something."""
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 1 else f"{value:.3f}"


def known(quantity, scale=1.0):
    return digits(quantity["value"] * scale) if "value" in quantity else "–"


def command(report):
    """As given, less where the report went."""
    words = report["command"]
    if "--report" in words:
        at = words.index("--report")
        words = words[:at] + words[at + 2 :]
    return " ".join(words)


def conditions(report):
    machine = report["machine"]
    loads = [line["load"]["value"] for line in report["conditions"] if "value" in line["load"]]
    load = f"; load before the rounds {min(loads):.1f} to {max(loads):.1f}" if loads else ""
    clock = [line["megahertz"]["value"] for line in report["conditions"] if "value" in line["megahertz"]]
    clock = f", {min(clock):.0f} to {max(clock):.0f} MHz" if clock else ""
    return (
        f"`{command(report)}`, {report['date'][:10]}: {machine['cpu']}, {machine['physicalCores']} cores, "
        f"{machine['threads']} threads{clock}, {report['method']['jvm']}, Gatun {report['gatun']}{load}."
    )


def models(report):
    rows = []
    for row in report["rows"]:
        interval = row["latency"]["p50"]
        limit = row["limit"]["share"]
        error = row["accuracy"]["relativeError"]
        rows.append(
            [
                row["model"],
                row["test"] + ("" if row["scenario"] == "tokens" else ", " + row["scenario"]),
                f"`{row['device']}`",
                f"{digits(row['rate']['value'])} {row['unit']}/s",
                f"{digits(1e3 * interval['value'])} ({digits(1e3 * interval['low'])}..{digits(1e3 * interval['high'])})",
                digits(1e3 * row["latency"]["p90"]),
                f"{100 * limit['value']:.0f} % {row['limit']['name']}" if "value" in limit else "–",
                known(row["firstSeconds"], 1e3),
                known(row["peakResidentBytes"], 2.0**-20),
                row["accuracy"]["verdict"] if "value" not in error or row["accuracy"]["verdict"] == "reference" else f"{error['value']:.0e} {row['accuracy']['verdict']}",
                row["verdict"],
            ]
        )
    titles = ["model", "test", "device", "rate", "p50 ms (95 % CI)", "p90", "of the limit", "first ms", "peak MiB", "error", "verdict"]
    absent = sorted({f"`{line['device']}`: {line['reason']}" for line in report["absent"]})
    missing = "\n\nDid not run: " + "; ".join(absent) + "." if absent else ""
    return conditions(report) + "\n\n" + table(titles, rows) + missing


def repeat(comparison, reports):
    rows = []
    for row in comparison["rows"]:
        pair = [find(report, row) for report in reports]
        rows.append(
            [
                row["model"],
                row["test"],
                f"`{row['device']}`",
                *[f"{digits(1e3 * p50['value'])} ({digits(1e3 * p50['low'])}..{digits(1e3 * p50['high'])})" for p50 in pair],
                "yes" if row["agrees"] else "no",
            ]
        )
    count, all_rows = comparison["agreeing"], len(comparison["rows"])
    return (
        f"{conditions(reports[0])} Then the same again{load_of(reports[1])}: {count} of {all_rows} rows agree within their intervals "
        f"({100 * count / all_rows:.0f} %, bar 90 %).\n\n"
        + table(["model", "test", "device", "first run, p50 ms (95 % CI)", "second run", "agree"], rows)
    )


def load_of(report):
    loads = [line["load"]["value"] for line in report["conditions"] if "value" in line["load"]]
    return f" (load {min(loads):.1f} to {max(loads):.1f})" if loads else ""


def find(report, wanted):
    for row in report["rows"]:
        if all(row[member] == wanted[member] for member in ("model", "test", "scenario", "device")):
            return row["latency"]["p50"]
    sys.exit(f"figures.py: no row of {wanted}")


def micro(results, quick):
    rows = []
    for result in sorted(results, key=lambda each: (each["benchmark"], str(each.get("params")))):
        metric = result["primaryMetric"]
        sampled = metric["scorePercentiles"] if result["mode"] == "sample" else None
        allocated = result.get("secondaryMetrics", {}).get("gc.alloc.rate.norm", {}).get("score")
        rows.append(
            [
                "`" + ".".join(result["benchmark"].split(".")[-2:]) + "`",
                ", ".join(f"{value}" for value in result.get("params", {}).values()),
                f"{digits(sampled['50.0'])} (median)" if sampled else f"{digits(metric['score'])}" + error(metric),
                metric["scoreUnit"].replace("us/op", "µs").replace("/op", ""),
                "–" if allocated is None else f"{allocated:.0f}",
            ]
        )
    length = "short runs" if quick else "JMH's runs as the classes say"
    versions = sorted({f"JMH {result['jmhVersion']}, {result['vmName']} {result['vmVersion']}" for result in results})
    return (
        f"`scripts/bench --only micro{' --quick' if quick else ''}` ({length}): {processor()}, {'; '.join(versions)}.\n\n"
        + table(["benchmark", "of what", "time", "unit", "bytes allocated"], rows)
    )


def error(metric):
    value = metric["scoreError"]
    return f" ± {digits(value)}" if isinstance(value, (int, float)) and value == value else ""


def processor():
    try:
        found = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    except OSError:
        found = None
    return f"{found.group(1) if found else platform.processor()}, {os.cpu_count()} cores"


main()
