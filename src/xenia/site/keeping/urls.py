"""Addresses that machines ask."""

from django.urls import path

from xenia.site.keeping import certificate_pages, health, metrics

urlpatterns = [
    path("health", health.ready, name="health"),
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("certificates/", certificate_pages.how_to, name="certificate-help"),
    path("certificates/ca.<slug:kind>", certificate_pages.download, name="certificate-file"),
    path("metrics", metrics.metrics, name="metrics"),
]
