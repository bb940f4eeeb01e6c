"""What bench/registry.ts measures, with real Feast: `python registry_feast.py REPOSITORY VIEWS FEATURES`."""

import json
import sys
import time
from datetime import datetime, timedelta, timezone

from feast import Entity, FeatureStore, FeatureView, Field, FileSource, ValueType
from feast.types import Float64, Int64

repository, views, features = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
figures = {}


def timed(name, work):
    started = time.perf_counter()
    result = work()
    figures[name] = round((time.perf_counter() - started) * 1000, 1)
    return result


def declare():
    driver = Entity(name="driver", join_keys=["driver_id"], value_type=ValueType.INT64)
    source = FileSource(name="rows", path="rows.parquet", timestamp_field="event_timestamp")
    schema = [Field(name="driver_id", dtype=Int64)] + [
        Field(name=f"feature_{index}", dtype=Float64) for index in range(features)
    ]
    return [driver, source] + [
        FeatureView(name=f"view_{index}", entities=[driver], ttl=timedelta(days=1), schema=schema, source=source)
        for index in range(views)
    ]


store = FeatureStore(repo_path=repository)
registry = store.registry
timed("apply_all_ms", lambda: store.apply(declare()))
timed("apply_again_ms", lambda: store.apply(declare()))
timed("cold_load_ms", registry.refresh)
timed("cold_get_one_ms", lambda: registry.get_feature_view("view_1", "bench", allow_cache=False))
timed("cold_list_ms", lambda: registry.list_feature_views("bench", allow_cache=False))
timed("warm_list_ms", lambda: registry.list_feature_views("bench", allow_cache=True))
view = registry.get_feature_view("view_2", "bench")
view.owner = "owner"
timed("change_one_ms", lambda: registry.apply_feature_view(view, "bench"))
start = datetime(2026, 11, 1, tzinfo=timezone.utc)
timed("record_interval_ms", lambda: registry.apply_materialization(view, "bench", start, start + timedelta(hours=1)))
print(json.dumps(figures))
