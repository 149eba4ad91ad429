-- Sends the requests of a file, in its order, and counts what they are answered.
-- Arguments: the file (for each request its length, a line break, and its bytes) and "again" or
-- "once": what to do after the last one.

local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  requests = {}
  again = args[2] == "again"
  sent = 0
  ran_out = false
  statuses = {}
  local file = assert(io.open(args[1], "rb"))
  while true do
    local length = file:read("*n")
    if not length then break end
    file:read(1)
    requests[#requests + 1] = file:read(length)
  end
  file:close()
end

function request()
  if not again and sent >= #requests then
    ran_out = true
    wrk.thread:stop()
    return requests[#requests]
  end
  sent = sent + 1
  return requests[(sent - 1) % #requests + 1]
end

function response(status)
  local key = tostring(status)
  statuses[key] = (statuses[key] or 0) + 1
end

function done(summary, latency)
  local thread = threads[1]
  local counts = {}
  for status, count in pairs(thread:get("statuses")) do
    counts[#counts + 1] = string.format('"%s":%d', status, count)
  end
  local errors = summary.errors
  print(string.format(
    'RESULT {"micros":%d,"requests":%d,"sent":%d,"ranOut":%s,"broken":%d,"statuses":{%s},"p50":%d}',
    summary.duration, summary.requests, thread:get("sent"), tostring(thread:get("ran_out")),
    errors.connect + errors.read + errors.write + errors.timeout, table.concat(counts, ","),
    latency:percentile(50)
  ))
end
