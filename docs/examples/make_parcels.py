"""Write parcels.csv: 8,000 parcels of 2,000 depots, and whether each came late.

    python docs/examples/make_parcels.py

A table made up for docs/your-own-data.md: labels in words, blanks, a date, a category
of 2,000 values, a number for each row that means nothing.
"""

import csv
import math
import random
from datetime import date, timedelta
from pathlib import Path

ROWS, DEPOTS = 8_000, 2_000
NAMES = "parcel_no,sent_on,depot,carrier,weight_kg,distance_km,fragile,delivery"


def main() -> None:
    """Write the table into the current folder, always the same one."""
    draw = random.Random(7)
    depots = {f"D{number:04d}": draw.gauss(0, 2.2) for number in range(DEPOTS)}
    carriers = {"Falke": -1.0, "Merkur": 1.2, "Nordwind": 0.0}
    with Path("parcels.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(NAMES.split(","))
        for number in range(ROWS):
            day = date(2024, 1, 1) + timedelta(days=draw.randrange(730))
            depot, carrier = draw.choice([*depots]), draw.choice([*carriers])
            weight = round(draw.lognormvariate(1, 0.8), 2)
            distance = round(draw.expovariate(1 / 240), 1)
            fragile = draw.random() < 0.2
            risk = -4.2 + depots[depot] + carriers[carrier] + distance / 90
            risk += 1.6 * (day.month == 12) + 1.0 * (day.weekday() == 4)
            risk += 0.05 * weight + 0.6 * fragile
            late = draw.random() < 1 / (1 + math.exp(-risk))
            writer.writerow(
                [
                    f"P-{number:06d}",
                    day.isoformat(),
                    depot,
                    carrier,
                    "" if draw.random() < 0.06 else weight,
                    distance,
                    "yes" if fragile else "no",
                    "late" if late else "on time",
                ]
            )


if __name__ == "__main__":
    main()
