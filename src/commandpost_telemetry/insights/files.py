"""The doors to files: a metric or a whole model as CSV, Parquet or JSON."""

from starlette.responses import Response

from commandpost_telemetry.insights.errors import NotFound
from commandpost_telemetry.insights.export import CONTENT_TYPES, metric_file, model_file
from commandpost_telemetry.insights.host import Host, Visit
from commandpost_telemetry.insights.metrics.catalogue import get_metric
from commandpost_telemetry.insights.models.catalogue import find_model
from commandpost_telemetry.kit.words import _


def download_metric(host: Host, visit: Visit) -> Response:
    metric, kind, scope = get_metric(visit.word("name")), kind_of(visit), visit.scope()
    need_data(host)
    content = metric_file(host.source, metric, scope, kind, host.suppression)
    return as_file(f"{metric.name}_{scope.first}_{scope.last}.{kind}", content, kind)


def download_model(host: Host, visit: Visit) -> Response:
    name, kind = visit.word("name"), kind_of(visit)
    model = find_model(name)
    if model is None:
        raise NotFound(
            _("There is no model “%(name)s”; the page of metrics lists them all.", name=name[:64])
        )
    need_data(host)
    content = model_file(host.source, model, kind, host.suppression)
    return as_file(f"{model.name}.{kind}", content, kind)


def kind_of(visit: Visit) -> str:
    """Return the form that the address asks for."""
    kind = visit.word("kind")
    if kind not in CONTENT_TYPES:
        raise NotFound(
            _("Numbers come as csv, parquet or json, not as “%(kind)s”.", kind=kind[:20])
        )
    return kind


def need_data(host: Host) -> None:
    """Refuse while nothing was loaded."""
    if not host.upkeep.ready():
        raise NotFound(_("Nothing was loaded yet; the file will be here after the first sync."))


def as_file(name: str, content: bytes, kind: str) -> Response:
    """Answer with a file to keep."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=CONTENT_TYPES[kind], headers=headers)
