"""Makes the tables of Genes.md: 90 patients of three hospitals, 24 features in blocks that correlate, counts of 60 genes.

Four genes go with one block each within hospitals; ten more differ between hospitals alone, as one block of features does.
"""
import numpy

random = numpy.random.default_rng(22)
n, blocks, width, genes = 90, 6, 4, 60
hospital = numpy.repeat([0, 1, 2], n // 3)
age = random.normal(62, 9, n).round()
sex = random.integers(0, 2, n)
latent = random.standard_normal((n, blocks)) + 0.02 * (age - 62)[:, None]
latent[:, 5] += 1.5 * (hospital - 1)
features = numpy.repeat(latent, width, 1) + 0.35 * random.standard_normal((n, blocks * width))
names = ["shape", "intensity", "texture", "rim", "necrosis", "noise"]
level = random.uniform(4, 9, genes) + 0.4 * random.standard_normal((n, genes))
for gene, block in ((3, 0), (11, 1), (19, 2), (27, 3)):
    level[:, gene] += 0.45 * (latent[:, block] if block != 5 else 0)
level[:, 40:50] += 0.8 * (hospital - 1)[:, None]
depth = random.uniform(0.7, 1.4, n)
counts = random.poisson(depth[:, None] * 2.0**level)
symbols = [f"GENE{k + 1}" for k in range(genes)]
symbols[5], symbols[6] = "2-Sep", "1-Mar"
subjects = [f"P{k + 1:03d}" for k in range(n)]

with open("features.csv", "w") as file:
    file.write("subject," + ",".join(f"{names[k // width]}_{k % width + 1}" for k in range(blocks * width)) + "\n")
    for row in random.permutation(n):
        file.write(subjects[row] + "," + ",".join(f"{v:.4f}" for v in features[row]) + "\n")
with open("clinical.csv", "w") as file:
    file.write("subject,age,sex,hospital\n")
    for row in range(n):
        file.write(f"{subjects[row]},{age[row]:.0f},{'fm'[sex[row]]},{'ABC'[hospital[row]]}\n")
with open("counts.tsv", "w") as file:
    kept = [k for k in range(n) if k not in (7, 50)]
    file.write("gene\t" + "\t".join([subjects[k] for k in kept] + ["P999"]) + "\n")
    for gene in range(genes):
        values = [counts[k, gene] for k in kept] + [counts[0, gene]]
        file.write(symbols[gene] + "\t" + "\t".join(map(str, values)) + "\n")
