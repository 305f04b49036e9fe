"""The files of the press room: photos and documents, each under a name nobody can guess."""

from django.http import HttpRequest, HttpResponseBase

from meetings.stored_files import Store, Unusable

__all__ = ["LARGEST_PHOTO", "Unusable", "answer", "folder", "forget", "path", "pieces", "save"]

LARGEST_PHOTO = 25_000_000  # bytes

_store = Store("press")
folder, save, path, forget, pieces = _store.folder, _store.save, _store.path, _store.forget, _store.pieces


def answer(request: HttpRequest, name: str, *, saved_as: str = "") -> HttpResponseBase:
    """The file, shown in its place, or saved where it has a name. Raises Http404."""
    how = f'attachment; filename="{saved_as}.{name.rpartition(".")[2]}"' if saved_as else "inline"
    return _store.answer(request, name, disposition=how)
