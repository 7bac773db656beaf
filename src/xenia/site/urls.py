"""Addresses: each room's pages under its own prefix."""

from django.urls import URLPattern, URLResolver, include, path

from xenia.site import administration, pages
from xenia.site.api import docs as api_docs
from xenia.site.api import urls as api_urls
from xenia.site.demo import pages as demo

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.home, name="home"),
    path("", include("xenia.site.keeping.urls")),
    path("", include("xenia.oversight.urls")),
    path("", include("xenia.frontier.urls")),
    path("", include("xenia.access.urls")),
    path("alerts/", include("xenia.registers.alerts.urls")),
    path("lists/", include("xenia.registers.lists.urls")),
    path("registers/", include("xenia.registers.pages.urls")),
    path("exchange/", include("xenia.exchange.urls")),
    path("stays/", include("xenia.registers.stays.urls")),
    path("cases/", include("xenia.cases.pages.urls")),
    path("units/", include("xenia.units.urls")),
    path("sign-in/", include("xenia.units.sign_in_urls")),
    path("statistics/", include("xenia.insight.urls")),
    path("post/", include("xenia.frontier.shift.urls")),
    path("api/v1/", api_urls),
    path("api/docs", api_docs, name="api-docs"),
    path("work/", include("xenia.work.urls")),
    path("administration/", administration.administration, name="administration"),
    path("administration/settings/", administration.shown_settings, name="settings"),
    path("administration/health/", administration.health, name="health-page"),
    path("administration/languages/", administration.languages, name="languages"),
    path("administration/", include("xenia.registers.reference.urls")),
    path("retention/", include("xenia.oversight.retention_urls")),
    path("language/", pages.language, name="language"),
    path("theme/", pages.theme, name="theme"),
    path("keys/", pages.keys, name="keys"),
    path("demo/", demo.show, name="demo"),
    path("demo/do/", demo.act, name="demo-act"),
]

handler400 = "xenia.site.pages.bad_request"
handler403 = "xenia.site.pages.not_allowed"
handler404 = "xenia.site.pages.not_found"
handler500 = "xenia.site.pages.broken"
