"""Language, prefix and routes are kept by thread."""

import threading

from django.apps import apps
from django.conf import settings
from django.urls import base as urls
from django.utils import translation

from onmt_tour import thread_values


def test_what_a_thread_chose_stays_chosen_and_is_its_own() -> None:
    found: list[object] = []
    with translation.override("ar"):
        for module, name in thread_values.PLACES:
            setattr(module, name, threading.local())
        translation.activate("ar")
        urls.set_urlconf("press.urls")
        apps.get_app_config("onmt_tour").ready()
        plain = [type(getattr(module, name)) for module, name in thread_values.PLACES]
        here = translation.get_language(), urls.get_urlconf(), urls.get_script_prefix()
        other = threading.Thread(
            target=lambda: found.extend((translation.get_language(), urls.get_urlconf()))
        )
        other.start()
        other.join()
        urls.set_urlconf(None)
    assert plain == [threading.local] * 3
    assert here == ("ar", "press.urls", "/")
    assert found == [settings.LANGUAGE_CODE, None]
