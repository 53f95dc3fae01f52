#!/usr/bin/env python3
"""Makes the tables of the tutorial "One marker, three roles" anew: simulated patients, no real ones.

    python3 Documentation/one-marker/make.py

Planted: entropy is 0.9 standard deviations higher in malignant lesions; the hazard of untreated patients rises by a factor of 1.5 for each standard
deviation of entropy, and treatment halves it at the mean entropy, less below and more above (interaction: 0.65 for each).
"""
import math
import os
import random

random.seed(20)
HERE = os.path.dirname(os.path.abspath(__file__))


def write(name, header, rows):
    with open(os.path.join(HERE, name), "w") as file:
        file.write(header + "\n" + "".join(",".join(map(str, row)) + "\n" for row in rows))


lesions = []
for k in range(240):
    malignant = int(random.random() < 0.4)
    entropy, volume = random.gauss(0.9 * malignant, 1), math.exp(random.gauss(1.5 + 0.5 * malignant, 0.8))
    age = round(random.gauss(63 + 3 * malignant, 9))
    lesions.append((f"L{k + 1:03}", malignant, age, f"{volume:.3f}", f"{6 + 0.7 * entropy:.4f}"))
write("lesions.csv", "lesion,malignant,age,volume_ml,entropy", lesions)

trial = []
for k in range(420):
    treated, age, stage = int(random.random() < 0.5), round(random.gauss(64, 9)), random.choice([1, 1, 2, 2, 3])
    z = random.gauss(0, 1)
    hazard = 0.022 * math.exp(0.4 * z + 0.015 * (age - 64) + 0.35 * (stage - 2) + treated * (-0.7 - 0.43 * z))
    months, censored = random.expovariate(hazard), random.uniform(12, 60)
    time, died = min(months, censored), int(months <= censored)
    trial.append((f"P{k + 1:03}", treated, age, stage, f"{6 + 0.7 * z:.4f}", f"{max(time, 0.1):.1f}", died))
header = "patient,treated,age,stage,entropy,months,died"
write("trial.csv", header, trial)
write("controls.csv", header, [row for row in trial if row[1] == 0])
