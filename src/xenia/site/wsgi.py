"""The web server's way in. Under `xenia serve` the same process also seals, does chores and takes commands."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xenia.site.settings")
application = get_wsgi_application()

if os.environ.get("SERVING_XENIA"):
    from xenia.journal import at_rest
    from xenia.site import serving
    from xenia.units.store import entering

    serving.follow()
    entering.hand_over()
    at_rest.when_open(serving.start)  # a locked unit has one page and does nothing else
