"""Addresses of administration in this room: places, roles, changes of the policy."""

from __future__ import annotations

from django.urls import path

from xenia.access import place_pages, role_pages

urlpatterns = [
    path("administration/authorities/", place_pages.authorities, name="authorities"),
    path("administration/authorities/new/", place_pages.new_authority, name="authority-new"),
    path("administration/authorities/<str:code>/", place_pages.authority, name="authority"),
    path("administration/posts/", place_pages.posts, name="posts"),
    path("administration/posts/new/", place_pages.new_post, name="post-new"),
    path("administration/posts/<str:code>/", place_pages.post, name="post"),
    path("administration/posts/<str:code>/<str:lane>/", place_pages.lane, name="lane"),
    path("policy/roles/", role_pages.roles, name="roles"),
    path("policy/roles/new/", role_pages.new_role, name="role-new"),
    path("policy/roles/<slug:word>/", role_pages.role, name="role"),
    path("policy/rows/new/", role_pages.new_row, name="policy-row-new"),
    path("policy/rows/<slug:rule>/", role_pages.row, name="policy-row"),
    path("policy/additions/", role_pages.additions, name="policy-additions"),
]
