"""Addresses of the lane and the second line; mounted at the root."""

from django.urls import include, path

from xenia.frontier import pages, second_line, trip_pages

app_name = "frontier"
urlpatterns = [
    path("console/", pages.console, name="console"),
    path("console/lanes/", pages.lanes, name="lanes"),
    path("console/read/", pages.read, name="read"),
    path("console/typed/", pages.typed, name="typed"),
    path("console/checks/<uuid:check_id>/", pages.check, name="check"),
    path("console/crew/", trip_pages.crew, name="crew"),
    path("console/checks/<uuid:check_id>/trip/", trip_pages.trip, name="trip"),
    path("console/checks/<uuid:check_id>/group/", trip_pages.group, name="group"),
    path("console/checks/<uuid:check_id>/child/", trip_pages.child, name="child"),
    path("console/checks/<uuid:check_id>/admit/", pages.admit, name="admit"),
    path("console/checks/<uuid:check_id>/admit-group/", trip_pages.admit_group, name="admit_group"),
    path("console/checks/<uuid:check_id>/refer/", pages.refer, name="refer"),
    path("console/checks/<uuid:check_id>/refuse/", pages.refuse, name="refuse"),
    path("console/checks/<uuid:check_id>/refusal/", pages.refusal, name="refusal"),
    path("console/checks/<uuid:check_id>/put-aside/", pages.put_aside, name="put_aside"),
    path("console/checks/<uuid:check_id>/hits/<int:hit_no>/dismiss/", pages.dismiss, name="dismiss"),
    path("console/crossings/<uuid:crossing_id>/take-back/", pages.take_back, name="take_back"),
    path("", include("xenia.frontier.second.urls")),
    path("second-line/", second_line.queue, name="second_line"),
    path("second-line/<uuid:item_id>/", second_line.referral, name="referral"),
    path("second-line/<uuid:item_id>/claim/", second_line.claim, name="claim"),
    path("second-line/<uuid:item_id>/release/", second_line.release, name="release"),
    path("second-line/<uuid:item_id>/answer/", second_line.answer, name="answer"),
    path("second-line/<uuid:item_id>/refuse/", second_line.refuse, name="second_line_refuse"),
]
