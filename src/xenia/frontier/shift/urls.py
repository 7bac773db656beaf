"""Addresses of the shift; mounted at /post/."""

from django.urls import path

from xenia.frontier.shift import incident_pages, pages, report_pages, shift_pages

app_name = "shift"
urlpatterns = [
    path("", pages.board_page, name="board"),
    path("lanes/<str:lane>/", pages.lane, name="lane"),
    path("incidents/", incident_pages.log, name="incidents"),
    path("incidents/new/", incident_pages.new, name="new_incident"),
    path("incidents/<uuid:incident_id>/", incident_pages.show, name="incident"),
    path("shifts/", shift_pages.index, name="shifts"),
    path("shifts/<uuid:shift_id>/", shift_pages.show, name="shift"),
    path("shifts/<uuid:shift_id>/hand-over/", shift_pages.hand_over, name="hand_over"),
    path("shifts/<uuid:shift_id>/take-over/", shift_pages.take_over, name="take_over"),
    path("shifts/<uuid:shift_id>/close/", shift_pages.close, name="close"),
    path("shifts/<uuid:shift_id>/report.pdf", shift_pages.report_pdf, name="shift_pdf"),
    path("reports/", report_pages.report, name="reports"),
    path("reports/<str:form>/", report_pages.file, name="report_file"),
]
