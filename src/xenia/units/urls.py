"""Addresses under /units/."""

from django.urls import path

from xenia.units import erased_pages, here_pages, officer_pages, pages
from xenia.units.image import pages as image_pages

app_name = "units"
urlpatterns = [
    path("", pages.index, name="index"),
    path("here/", here_pages.show, name="here"),
    path("erased/", erased_pages.show, name="erased"),
    path("new/", pages.new, name="new"),
    path("enrol/", pages.enrol, name="enrol"),
    path("contact/", image_pages.contact, name="contact"),
    path("<uuid:unit_id>/image/", image_pages.show, name="image"),
    path("<uuid:unit_id>/image/release/", image_pages.release, name="release-image"),
    path("<uuid:unit_id>/image/guide/", image_pages.guide_pdf, name="field-guide"),
    path("door/", pages.door, name="door"),
    path("mine/", officer_pages.mine, name="mine"),
    path("<uuid:unit_id>/officers/", officer_pages.officers, name="officers"),
    path("<uuid:unit_id>/officers/<uuid:account_id>/code/", officer_pages.give_code, name="give-code"),
    path("<uuid:unit_id>/", pages.unit, name="unit"),
    path("<uuid:unit_id>/admit/", pages.admit, name="admit"),
    path("<uuid:unit_id>/<slug:what>/", pages.change, name="change"),
]
