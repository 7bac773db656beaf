"""The web server's way in. Under `xenia serve` the same process also seals, does chores and takes commands."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xenia.site.settings")
application = get_wsgi_application()

if os.environ.get("SERVING_XENIA"):
    from xenia.site import serving

    serving.start()
