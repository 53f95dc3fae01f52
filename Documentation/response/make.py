"""Lesions of six made-up patients over four visits: the table of the tutorial Response.md."""

ROWS = """
ada,2024-01-08,baseline,T1,target,liver,no,62,48,
ada,2024-01-08,baseline,N1,target,lymph node,yes,31,22,
ada,2024-01-08,baseline,X1,non-target,bone,no,,,present
ada,2024-03-04,week 8,T1,target,liver,no,44,36,
ada,2024-03-04,week 8,N1,target,lymph node,yes,19,11,
ada,2024-03-04,week 8,X1,non-target,bone,no,,,present
ada,2024-04-29,week 16,T1,target,liver,no,,,absent
ada,2024-04-29,week 16,N1,target,lymph node,yes,12,8,
ada,2024-04-29,week 16,X1,non-target,bone,no,,,absent
ben,2024-02-01,baseline,T1,target,lung,no,54,40,
ben,2024-02-01,baseline,T2,target,lung,no,26,20,
ben,2024-03-28,week 8,T1,target,lung,no,38,30,
ben,2024-03-28,week 8,T2,target,lung,no,18.1,14,
ben,2024-05-23,week 16,T1,target,lung,no,36,29,
ben,2024-05-23,week 16,T2,target,lung,no,16,12,
ben,2024-07-18,week 24,T1,target,lung,no,45,33,
ben,2024-07-18,week 24,T2,target,lung,no,18,13,
cem,2024-01-20,baseline,T1,target,kidney,no,80,66,
cem,2024-03-16,week 8,T1,target,kidney,no,78,65,
cem,2024-05-11,week 16,T1,target,kidney,no,83,70,
cem,2024-05-11,week 16,W1,new,liver,no,14,11,
dia,2024-02-10,baseline,T1,target,skin,no,40,33,
dia,2024-04-06,week 8,T1,target,skin,no,52,44,
dia,2024-06-01,week 16,T1,target,skin,no,27,21,
eli,2024-03-01,baseline,X1,non-target,peritoneum,no,,,present
eli,2024-04-26,week 8,X1,non-target,peritoneum,no,,,present
eli,2024-06-21,week 16,X1,non-target,peritoneum,no,,,progression
fay,2024-01-15,baseline,T1,target,liver,no,33,25,
fay,2024-01-15,baseline,T2,target,adrenal gland,no,28,20,
fay,2024-03-11,week 8,T1,target,liver,no,20,16,
fay,2024-03-11,week 8,T2,target,adrenal gland,no,,,NE
fay,2024-05-06,week 16,T1,target,liver,no,14,11,
fay,2024-05-06,week 16,T1b,target,liver,no,8,6,part of T1
fay,2024-05-06,week 16,T2,target,adrenal gland,no,,,too small
"""

with open("lesions.csv", "w") as file:
    file.write("subject,time,visit,lesion,role,organ,node,long,short,state\n" + ROWS.lstrip())
