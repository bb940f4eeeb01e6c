"""Reads or writes an online store through Python Feast. Arguments: `read` or `write`; rows come and go as JSON."""
import json
import sys
from datetime import datetime, timedelta, timezone

from feast import Entity, FeatureStore, FeatureView, Field, FileSource, types
from feast.protos.feast.types.EntityKey_pb2 import EntityKey
from feast.protos.feast.types.Value_pb2 import Value
from feast.value_type import ValueType

request = json.load(sys.stdin)
store = FeatureStore(".")
entity = Entity(name="id", join_keys=["id"], value_type=ValueType.INT64)
view = FeatureView(
    name="drivers",
    entities=[entity],
    ttl=timedelta(0),
    schema=[Field(name="id", dtype=types.Int64)]
    + [Field(name=name, dtype=eval(dtype, vars(types))) for name, dtype in request["features"].items()],
    source=FileSource(name="rows", path="rows.parquet", timestamp_field="event_timestamp"),
)


def key(id):
    return EntityKey(join_keys=["id"], entity_values=[Value(int64_val=id)])


def time(seconds):
    return datetime.fromtimestamp(seconds, tz=timezone.utc)


online = store._get_provider().online_store
config = store.config
if sys.argv[1] == "write":
    online.update(config, [], [view], [], [], False)
    rows = []
    for row in request["rows"]:
        values = {name: Value.FromString(bytes.fromhex(hex)) for name, hex in row["values"].items()}
        rows.append((key(row["id"]), values, time(row["event"]), None))
    online.online_write_batch(config, view, rows, None)
else:
    read = online.online_read(config, view, [key(id) for id in request["ids"]], list(request["features"]))
    answer = []
    for event, values in read:
        # from Redis, Feast reads an entity that is not there as nulls of 1970
        if values is None or (event.timestamp() == 0 and not any(v.ByteSize() for v in values.values())):
            answer.append(None)
            continue
        event = event if event.tzinfo else event.replace(tzinfo=timezone.utc)
        hexes = {name: value.SerializeToString().hex() for name, value in values.items()}
        answer.append({"event": event.timestamp(), "values": hexes})
    print("ANSWER " + json.dumps(answer))
