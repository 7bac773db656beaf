"""Addresses of the second line; mounted at the root by `frontier.urls`, in its namespace."""

from django.urls import path

from xenia.frontier.second import pages

urlpatterns = [
    path("console/news/", pages.lane_news, name="news"),
    path("console/checks/<uuid:check_id>/refusal/letter.pdf", pages.refusal_letter, name="refusal_letter"),
    path("console/checks/<uuid:check_id>/refusal/carrier.pdf", pages.carrier_letter, name="carrier_letter"),
    path("console/checks/<uuid:check_id>/refusal/signature/", pages.signature, name="signature"),
    path("second-line/hits/<uuid:hit_id>/", pages.hit, name="hit"),
    path("second-line/photographs/<uuid:photograph_id>/", pages.picture, name="picture"),
    path("second-line/<uuid:item_id>/note/", pages.note, name="note"),
    path("second-line/<uuid:item_id>/photograph/", pages.photograph, name="photograph"),
    path("second-line/<uuid:item_id>/hand-over/", pages.hand_over, name="hand_over"),
    path("handed-over/", pages.handovers, name="handovers"),
    path("handed-over/<uuid:handover_id>/", pages.handed, name="handover"),
    path("handed-over/<uuid:handover_id>/receive/", pages.receive, name="receive"),
    path("handed-over/<uuid:handover_id>/receipt/", pages.receipt, name="receipt"),
    path("handed-over/<uuid:handover_id>/photographs/<int:number>/", pages.handed_picture, name="handed_picture"),
]
