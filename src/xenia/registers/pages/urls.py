"""Addresses of the register pages."""

from django.urls import path

from xenia.registers.pages import acts, exporting, views

app_name = "registers"
urlpatterns = [
    path("", views.overview, name="index"),
    path("exports/", exporting.index, name="exports"),
    path("exports/<uuid:proposal>/file/", exporting.download, name="export-file"),
    path("exports/<str:name>/", exporting.ask, name="export-ask"),
    path("<slug:name>/", views.register, name="register"),
    path("<slug:name>/new/", acts.enter, name="enter"),
    path("<slug:name>/<uuid:subject>/", views.show, name="record"),
    path("<slug:name>/<uuid:subject>/print/", views.printed, name="print"),
    path("<slug:name>/<uuid:subject>/correct/", acts.correct, name="correct"),
    path("<slug:name>/<uuid:subject>/delete/", acts.delete, name="delete"),
]
