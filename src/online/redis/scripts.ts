import { createHash } from 'node:crypto';

export interface Script {
  readonly text: string;
  readonly sha: string;
}

function script(text: string): Script {
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}

/**
 * Writes entities unless the store holds a newer row; returns how many it left alone.
 * KEYS: entities, then possibly the view's guard. ARGV: parts an entity has, seconds to live (0: for ever), then
 * for each entity its parts, which are fields and values of the hash, the event time first.
 * A negative number is ten bytes long and more than Lua's numbers hold: its low 49 bits say enough of a time.
 */
export const WRITE = script(`
local function decode(bytes)
  local values, at = {0, 0}, 1
  while at <= #bytes do
    local field, value, scale, length = bytes:byte(at) / 8, 0, 1, 0
    repeat
      at, length = at + 1, length + 1
      local byte = bytes:byte(at)
      if length <= 7 then value, scale = value + byte % 128 * scale, scale * 128 end
    until byte < 128
    at = at + 1
    if length == 10 then value = value - 2^49 end
    values[field] = value
  end
  return values[1], values[2]
end
local function is_later(stored, new)
  local seconds, nanos = decode(stored)
  local new_seconds, new_nanos = decode(new)
  return seconds > new_seconds or (seconds == new_seconds and nanos > new_nanos)
end
local parts, ttl, skipped = tonumber(ARGV[1]), tonumber(ARGV[2]), 0
local entities = (#ARGV - 2) / parts
for entity = 1, entities do
  local key, first = KEYS[entity], 3 + (entity - 1) * parts
  local stored = redis.call('HGET', key, ARGV[first])
  if stored and stored ~= ARGV[first + 1] and is_later(stored, ARGV[first + 1]) then
    skipped = skipped + 1
  else
    for from = first, first + parts - 1, 1000 do
      redis.call('HSET', key, unpack(ARGV, from, math.min(from + 999, first + parts - 1)))
    end
    if ttl > 0 then redis.call('EXPIRE', key, ttl) end
  end
end
if #KEYS > entities then redis.call('SET', KEYS[#KEYS], 1) redis.call('DEL', KEYS[#KEYS]) end
return skipped`);

/** Takes a view's fields (ARGV; the event time first) out of an entity, and the entity away if it holds no view. */
export const DROP = script(`
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
for from = 1, #ARGV, 1000 do
  redis.call('HDEL', KEYS[1], unpack(ARGV, from, math.min(from + 999, #ARGV)))
end
for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
  if field:sub(1, 4) == '_ts:' then return 1 end
end
redis.call('DEL', KEYS[1])
return 1`);
