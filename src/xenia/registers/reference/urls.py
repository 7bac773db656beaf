"""Addresses of reference data and printers, under `/administration/`."""

from django.urls import include, path

from xenia.registers.reference import pages, printer_pages

_reference = (
    [
        path("", pages.index, name="index"),
        path("<slug:name>/", pages.listed, name="list"),
        path("<slug:name>/export.csv", pages.export, name="export"),
        path("<slug:name>/new/", pages.new, name="new"),
        path("<slug:name>/load/", pages.load, name="load"),
        path("<slug:name>/terms/<str:code>/", pages.term, name="term"),
    ],
    "reference",
)
urlpatterns = [
    path("reference/", include(_reference)),
    path("printers/", printer_pages.printers, name="printers"),
    path("printers/new/", printer_pages.new, name="printer-new"),
    path("printers/<uuid:printer>/", printer_pages.printer, name="printer"),
    path("printers/<uuid:printer>/test/", printer_pages.test_page, name="printer-test"),
]
