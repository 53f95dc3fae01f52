"""Writes the workbooks of this folder that Python makes: python make_tables.py. See PROVENANCE.md."""
import datetime as dt

import numpy as np
import openpyxl
import pandas as pd
import xlsxwriter
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils.datetime import CALENDAR_MAC_1904

# Every kind of cell, from B2 on, beneath a hidden first sheet; row 4 is hidden, row 6 empty, row 40 has only a font.
book = openpyxl.Workbook()
book.active.title, book.active["A1"], book.active.sheet_state = "Notes", "hidden", "hidden"
sheet = book.create_sheet("Patients")
rows = [
    ["subject", "value", "date", "time", "seen", "ok", "note", "error"],
    ["007", 0.1, dt.date(2024, 3, 1), dt.time(12, 30), dt.datetime(2024, 3, 1, 12, 30), True, " a <b> & 'c' ", "#N/A"],
    ["Ünïcode 😀", 0.1 + 0.2, dt.date(1900, 1, 1), dt.time(0, 0, 1), dt.datetime(1999, 12, 31, 23, 59, 59, 500000), False,
     "two\nlines", None],
    ["3", -1.5e-300, dt.date(1900, 3, 1), None, None, None, None, "#DIV/0!"],
    [None] * 8,
    ["last", 12345678901234567, dt.date(2000, 2, 29), dt.timedelta(hours=30, minutes=5), None, True, None, None],
]
for number, row in enumerate(rows):
    for column, value in enumerate(row):
        if value is not None:
            sheet.cell(number + 2, column + 2, value)
sheet["H5"] = CellRichText("rich ", TextBlock(InlineFont(b=True), "bold"), " text")
sheet["C5"].number_format = '0.0" mm (day)"'
for column in range(1, 12):
    sheet.cell(40, column).font = openpyxl.styles.Font(bold=True)
sheet.row_dimensions[4].hidden = True
book.save("openpyxl.xlsx")

# The index, missing values, infinity, times.
when = pd.to_datetime(["2024-03-01", "2024-03-01 12:30:00.250", None], format="ISO8601")
frame = pd.DataFrame({"id": ["a", "b", "c"], "x": [1 / 3, np.nan, np.inf], "n": [1, 2, 3], "when": when})
frame.to_excel("pandas.xlsx", engine="openpyxl")
frame.to_excel("pandas-xlsxwriter.xlsx", engine="xlsxwriter", index=False)

# Formulas that no program has computed.
book = openpyxl.Workbook()
for row in [["a", "b"], [1, "=A2*2"]]:
    book.active.append(row)
book.save("formula-openpyxl.xlsx")
book = xlsxwriter.Workbook("formula-xlsxwriter.xlsx")
sheet = book.add_worksheet()
sheet.write_row(0, 0, ["a", "b"])
sheet.write_row(1, 0, [21, "=A2*2"])
book.close()

book = openpyxl.Workbook()
for row in [["subject", "x"], ["p1", 1], [None, 2], ["p2", 3]]:
    book.active.append(row)
book.active.merge_cells("A2:A3")
book.save("merged.xlsx")

book = openpyxl.Workbook()
book.epoch = CALENDAR_MAC_1904
for row in [["d"], [dt.date(2024, 3, 1)], [dt.datetime(1950, 6, 30, 1, 2, 3)]]:
    book.active.append(row)
book.save("mac1904.xlsx")
