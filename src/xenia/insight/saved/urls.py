"""Addresses of saved questions, below /statistics/."""

from django.urls import path

from xenia.insight.saved import pages

urlpatterns = [
    path("saved/", pages.index, name="saved"),
    path("saved/new/", pages.save, name="save"),
    path("saved/<uuid:which>/", pages.one, name="saved-one"),
    path("saved/<uuid:which>/reports/<uuid:report>/<str:form>", pages.take, name="report-take"),
    path("saved/<uuid:which>/<str:what>/", pages.act, name="saved-act"),
]
