"""Addresses of asking, tables and saved questions, below /statistics/."""

from django.urls import path

from xenia.insight.pages import asking, tables

urlpatterns = [
    path("", asking.ask, name="ask"),
    path("exact/", asking.exact, name="exact"),
    path("tables/<str:digest>/chart.svg", tables.chart, name="chart"),
    path("tables/<str:digest>/<str:form>", tables.take, name="take"),
]
