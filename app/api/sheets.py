"""Tables as CSV (RFC 4180) that no spreadsheet takes for formulas, and the header that names the file (RFC 6266)."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from io import StringIO
from typing import Final
from urllib.parse import quote

from fastapi import Response

# What spreadsheets run, in half and full width; also behind blanks, which some of them pass over (SE-12).
STARTS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
BLANKS: Final = " \u00a0\u200b\u2060\ufeff\u3000"
BOM: Final = "\ufeff"

Cell = str | int | float | None


class Dialect(StrEnum):
    """How numbers and columns are written."""

    PLAIN = "plain"  # commas between cells, points in numbers
    EXCEL = "excel"  # as Excel in our countries opens it: a mark of UTF-8, semicolons, commas in numbers


@dataclass(frozen=True, slots=True)
class Sheet:
    heading: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def to_csv(sheet: Sheet, dialect: Dialect = Dialect.PLAIN) -> str:
    is_excel = dialect is Dialect.EXCEL
    text = StringIO(newline="")
    writer = csv.writer(text, delimiter=";" if is_excel else ",", lineterminator="\r\n")
    writer.writerow([guarded(name) for name in sheet.heading])
    writer.writerows([_written(cell, is_excel) for cell in row] for row in sheet.rows)
    return (BOM if is_excel else "") + text.getvalue()


def guarded(text: str) -> str:
    """SE-12: what a spreadsheet would run is kept as text by an apostrophe before it.

    >>> guarded("=1+1"), guarded("Skole")
    ("'=1+1", 'Skole')
    """
    return f"'{text}" if text.lstrip(BLANKS).startswith(STARTS_A_FORMULA) else text


def _written(cell: Cell, is_excel: bool) -> str:
    """Numbers are ours, and stay numbers, also below nothing."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return guarded(cell)
    return str(cell).replace(".", ",") if is_excel else str(cell)


def attached(sheet: Sheet, dialect: Dialect, name: str) -> Response:
    return Response(
        to_csv(sheet, dialect),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": disposition(name)},
    )


def disposition(name: str) -> str:
    """RFC 6266: a name in ASCII for all, the right one for those who read RFC 8187."""
    plain = "".join(one if one.isascii() and (one.isalnum() or one in "-_. ") else "_" for one in name)
    exact = f"; filename*=UTF-8''{quote(name, safe='')}" if plain != name else ""
    return f'attachment; filename="{plain}"{exact}'
