# Who was imaged where, and what became of whom: hospitals.yaml is simulated to 'study' first. A lesion is malignant with the
# odds exp(0.2 x the subject's own part of its density), so that density tells, and nothing else does. Each patient was imaged at
# one of four hospitals, whose scanners read densities differently.
import csv, math, random

random.seed(11)
rows = list(csv.DictReader(open("study/cohort.csv")))
scanners = sorted({row["scanner"] for row in rows})
own = {s: [float(r["true_mean"]) for r in rows if r["scanner"] == s] for s in scanners}
middle = {s: sum(v) / len(v) for s, v in own.items()}
subjects = sorted({row["subject"] for row in rows})
files = {"training.csv": [], "elsewhere.csv": []}
for number, subject in enumerate(subjects):
    scanner = scanners[number % 4]
    row = next(r for r in rows if r["subject"] == subject and r["scanner"] == scanner)
    odds = math.exp(0.2 * (float(row["true_mean"]) - middle[scanner]) + random.gauss(0, 0.5))
    line = {
        "subject": subject, "image": "study/" + row["image"], "mask": "study/" + row["mask"],
        "hospital": "ABCD"[number % 4], "malignant": int(random.random() < odds / (1 + odds)),
        "age": random.randint(40, 80),
    }
    files["elsewhere.csv" if number % 4 == 3 else "training.csv"].append(line)
for name, lines in files.items():
    with open(name, "w", newline="") as file:
        writer = csv.DictWriter(file, lines[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)
