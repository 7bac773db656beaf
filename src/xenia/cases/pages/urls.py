"""Addresses under /cases/."""

from django.urls import path

from xenia.cases.pages import acting, case, exporting, family, following, importing, listing, opening, procedures

app_name = "cases"
MEMBER = {"member": True}
urlpatterns = [
    path("", listing.index, name="index"),
    path("new/", opening.new, name="new"),
    path("new/<slug:procedure>/<slug:action>/", opening.begin, name="begin"),
    path("new/<slug:procedure>/<slug:action>/<int:number>/", acting.page, name="new-page"),
    path("new/<slug:procedure>/<slug:action>/check/", acting.check, name="new-check"),
    path("new/<slug:procedure>/<slug:action>/discard/", acting.discard, name="new-discard"),
    path("export/", exporting.ask, name="export"),
    path("export/<uuid:proposal_id>/", exporting.download, name="export-download"),
    path("import/", importing.load, name="import"),
    path("import/<slug:procedure>/", importing.preview, name="import-preview"),
    path("import/<slug:procedure>/errors/", importing.errors, name="import-errors"),
    path("import/<slug:procedure>/columns/", importing.columns, name="import-columns"),
    path("procedures/", procedures.index, name="procedures"),
    path("procedures/<slug:procedure>/", procedures.show, name="procedure"),
    path("procedures/<slug:procedure>/diagram.svg", procedures.diagram, name="diagram"),
    path("<uuid:case_id>/", case.show, name="case"),
    path("<uuid:case_id>/print/", case.printed, name="print"),
    path("<uuid:case_id>/note/", case.note, name="note"),
    path("<uuid:case_id>/assign/", case.assign, name="assign"),
    path("<uuid:case_id>/attach/", case.attach, name="attach"),
    path("<uuid:case_id>/letter/", case.letter, name="letter"),
    path("<uuid:case_id>/messages/<uuid:message_id>/again/", case.send_again, name="send-again"),
    path("<uuid:case_id>/documents/<uuid:document_id>/", case.document, name="document"),
    path("<uuid:case_id>/do/<slug:action>/", acting.act, name="act"),
    path("<uuid:case_id>/do/<slug:action>/<int:number>/", acting.page, name="page"),
    path("<uuid:case_id>/do/<slug:action>/check/", acting.check, name="check"),
    path("<uuid:case_id>/do/<slug:action>/discard/", acting.discard, name="discard"),
    path("<uuid:case_id>/member/<slug:action>/", family.begin, name="member"),
    path("<uuid:case_id>/member/<slug:action>/<int:number>/", acting.page, MEMBER, name="member-page"),
    path("<uuid:case_id>/member/<slug:action>/check/", acting.check, MEMBER, name="member-check"),
    path("<uuid:case_id>/member/<slug:action>/discard/", acting.discard, MEMBER, name="member-discard"),
    path("<uuid:case_id>/version/", following.follow, name="follow"),
]
