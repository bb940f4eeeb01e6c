"""One turn of real Feast on a registry: `python feast_turn.py REPOSITORY TURN`; turn 0 only looks.

Registers objects named after the turn, materializes (in the registry's books) the newest view of the other side, and
prints as JSON what the registry holds.
"""

import json
import sys
from datetime import datetime, timedelta, timezone

import pandas as pd
from feast import Entity, FeatureService, FeatureStore, FeatureView, Field, FileSource, RequestSource, ValueType
from feast.on_demand_feature_view import on_demand_feature_view
from feast.types import Float64, Int64

repository, turn = sys.argv[1], int(sys.argv[2])
store = FeatureStore(repo_path=repository)


def apply_turn():
    driver = Entity(name="driver", join_keys=["driver_id"], value_type=ValueType.INT64, description=f"py {turn}")
    source = FileSource(name=f"py_source_{turn}", path="data/stats.parquet", timestamp_field="event_timestamp")
    view = FeatureView(
        name=f"py_view_{turn}",
        entities=[driver],
        ttl=timedelta(hours=turn),
        schema=[
            Field(name="driver_id", dtype=Int64),
            Field(name="conv_rate", dtype=Float64, tags={"unit": "share"}),
            Field(name="trips", dtype=Int64),
        ],
        source=source,
        tags={"turn": str(turn)},
        owner="python",
    )
    @on_demand_feature_view(
        name=f"py_transformed_{turn}",
        sources=[view, RequestSource(name=f"py_request_{turn}", schema=[Field(name="by", dtype=Int64)])],
        schema=[Field(name="product", dtype=Float64)],
    )
    def transformed(inputs: pd.DataFrame) -> pd.DataFrame:
        return pd.DataFrame({"product": inputs["conv_rate"] * inputs["by"]})

    service = FeatureService(name=f"py_service_{turn}", features=[view])
    store.apply([driver, source, view, transformed, service])
    start = datetime(2026, 11, turn, tzinfo=timezone.utc)
    ours = store.get_feature_view(f"ts_view_{turn}")
    store.registry.apply_materialization(ours, store.project, start, start + timedelta(hours=1))


def describe_view(view):
    return {
        "name": view.name,
        "entities": sorted(view.entities),
        "features": sorted(f"{field.name}: {field.dtype} {json.dumps(field.tags)}" for field in view.features),
        "join_keys": sorted(column.name for column in view.entity_columns),
        "ttl": view.ttl.total_seconds(),
        "online": view.online,
        "tags": view.tags,
        "owner": view.owner,
        "description": view.description,
        "source": view.batch_source.name,
        "path": view.batch_source.path,
        "intervals": [[start.isoformat(), end.isoformat()] for start, end in view.materialization_intervals],
    }


def run_transformation(view):
    inputs = pd.DataFrame({"conv_rate": [0.5], "by": [10]})
    return {"name": view.name, "product": float(view.feature_transformation.udf(inputs)["product"][0])}


if turn > 0:
    apply_turn()
store.refresh_registry()
held = {
    "project": store.get_project(store.project).name,
    "entities": {entity.name: entity.description for entity in store.list_entities() if entity.name != "__dummy"},
    "sources": sorted(source.name for source in store.list_data_sources()),
    "views": sorted((describe_view(view) for view in store.list_batch_feature_views()), key=lambda view: view["name"]),
    "transformed": sorted(
        (run_transformation(view) for view in store.list_on_demand_feature_views()), key=lambda view: view["name"]
    ),
    "services": {
        service.name: [projection.name for projection in service.feature_view_projections]
        for service in store.list_feature_services()
    },
}
print(json.dumps(held))
