"""Addresses of this room, below /statistics/."""

from xenia.insight.calls import urls as calls_urls
from xenia.insight.daily import urls as daily_urls
from xenia.insight.live import urls as live_urls
from xenia.insight.official import urls as official_urls
from xenia.insight.pages import urls as pages_urls
from xenia.insight.saved import urls as saved_urls
from xenia.insight.watching import urls as watching_urls

app_name = "insight"
urlpatterns = [
    *pages_urls.urlpatterns,
    *saved_urls.urlpatterns,
    *calls_urls.urlpatterns,
    *live_urls.urlpatterns,
    *daily_urls.urlpatterns,
    *watching_urls.urlpatterns,
    *official_urls.urlpatterns,
]
