from django.urls import URLPattern, URLResolver

app_name = "press_desk"
urlpatterns: list[URLPattern | URLResolver] = []
