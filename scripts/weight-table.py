#!/usr/bin/env python3
"""Prints the weights that are in the weight files: `weight-table.py [--json] PALLET…`, run by `scripts/weights`."""

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FUNCTION = re.compile(r"fn (\w+)\([^)]*\) -> Weight \{(.*?)\n    \}", re.S)
BASE = re.compile(r"Weight::from_parts\(([\d_]+), ([\d_]+)\)\s*(?!\.saturating_mul)")
SLOPE = re.compile(r"Weight::from_parts\(([\d_]+), ([\d_]+)\)\.saturating_mul\((\w+)\.into\(\)\)")
ACCESS = re.compile(r"\.(reads|writes)\((\d+)\)")
ACCESS_SLOPE = re.compile(r"\.(reads|writes)\(\(?(\d+)_u64\)?\.saturating_mul\((\w+)\.into\(\)\)\)")


def number(text):
    return int(text.replace("_", ""))


def weights(pallet):
    """Rows of one file: name, time in picoseconds, reads and writes, each with its slopes by component."""
    own = ROOT / "pallets" / pallet.removeprefix("pallet_") / "src" / "weights.rs"
    path = own if own.exists() else ROOT / "runtime" / "src" / "weights" / f"{pallet}.rs"
    if not path.exists():
        sys.exit(f"error: {path.relative_to(ROOT)} does not exist; run scripts/weights {pallet}")
    for name, body in FUNCTION.findall(re.sub(r"\s*\n\s*\.", ".", path.read_text())):
        base = BASE.search(body)
        row = {"pallet": pallet, "name": name, "ref_time_ps": number(base[1]), "proof_bytes": number(base[2])}
        row |= {"reads": 0, "writes": 0, "per_component": {}}
        for kind, count in ACCESS.findall(body):
            row[kind] += int(count)
        for time, proof, component in SLOPE.findall(body):
            slopes = row["per_component"].setdefault(component, {})
            slopes["ref_time_ps"] = slopes.get("ref_time_ps", 0) + number(time)
            slopes["proof_bytes"] = slopes.get("proof_bytes", 0) + number(proof)
        for kind, count, component in ACCESS_SLOPE.findall(body):
            row["per_component"].setdefault(component, {})[kind] = int(count)
        yield row


def main():
    arguments = sys.argv[1:]
    rows = [row for pallet in arguments if pallet != "--json" for row in weights(pallet)]
    if "--json" in arguments:
        print(json.dumps(rows))
        return
    print(f"{'call or hook step':52} {'time, µs':>10} {'reads':>6} {'writes':>6} {'proof, B':>9}  and for each")
    for row in rows:
        more = "; ".join(
            f"{component}: {slopes.get('ref_time_ps', 0) / 1e6:.1f} µs, {slopes.get('reads', 0)} r, {slopes.get('writes', 0)} w"
            for component, slopes in sorted(row["per_component"].items())
        )
        name = f"{row['pallet']}::{row['name']}"
        print(f"{name:52} {row['ref_time_ps'] / 1e6:10.1f} {row['reads']:6} {row['writes']:6} {row['proof_bytes']:9}  {more}")
    print("Time is beside the database: each read and write is priced by DbWeight in the runtime.")


main()
