from django.urls import URLPattern, URLResolver, path

from meetings import downloads, handout_pages, invitation_pages, share_cards, unsubscribe_pages, views

app_name = "meetings"
urlpatterns: list[URLPattern | URLResolver] = [
    path("agenda/", views.agenda, name="agenda"),
    path("agenda/agenda.<slug:kind>", downloads.tour_file, name="tour_file"),
    path("etapes/<slug:slug>/", views.stop, name="stop"),
    path("etapes/<slug:slug>/agenda.<slug:kind>", downloads.stop_file, name="stop_file"),
    path("etapes/<slug:slug>/documents/<int:pk>/", handout_pages.public, name="handout_file"),
    path("etapes/<slug:slug>/partage.png", share_cards.stop_card, name="stop_card"),
    path("partage.png", share_cards.tour_card, name="tour_card"),
    path("invitation/<str:token>/", invitation_pages.invitation, name="invitation"),
    path("invitation/<str:token>/documents/<int:pk>/", handout_pages.invited, name="invited_file"),
    path("desabonnement/<str:token>/", unsubscribe_pages.unsubscribe, name="unsubscribe"),
]
