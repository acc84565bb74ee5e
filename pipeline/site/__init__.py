"""The atlas: pages that a person opens by double click, written from the published warehouse.

    writing.py     the flow: what has changed, what is written, and the folder that takes the place of the old one
    changes.py     which districts differ from what was written before
    areas.py       the divisions of today, and which of them an ended one is shown under
    measures.py    the rates and series that are shown (measures.toml)
    spans.py       ranges of district codes, by which views are asked
    figures.py     each report's figures of these measures, and what they add up to by area
    reports.py     a report's tables, checks, issues and text
    districts.py   the data of a district: its organs and their reports
    national.py    the data of provinces and the country, of quality and coverage
    crops.py       pictures of the places where an identity fails
    exports.py     the views as files for other programs
    folder.py      data as scripts, links to what has not changed, and the swap
    pages.py       the pages and what they are made with

Pages are the same for every area and organ and read data by name, so that the number of reports changes data alone.
Figures come from the views `*_trusted`. What does *not* belong here: working anything out that a view gives.
"""

from pipeline.site.writing import Written, write_site

__all__ = ["Written", "write_site"]
