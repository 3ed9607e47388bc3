-- What wrk sends: signed-by-secret deliveries of Zoho's, each of another record and each new.
local thread_number = 0

function setup(thread)
  thread:set("number", thread_number)
  thread_number = thread_number + 1
end

function init(args)
  secret = args[1]
  seen = 0
  -- Another start than the last run's, so that nothing is a repeat.
  start = os.time() % 100000
end

function request()
  seen = seen + 1
  local id = string.format("5725767%05d%02d%06d", start, number, seen)
  local body = string.format(
    '{"module":"BTEC_Students","id":"%s","operation":"edit","modified_time":"2026-11-23T09:00:00+03:00"}', id)
  local headers = { ["Content-Type"] = "application/json", ["X-Webhook-Secret"] = secret }
  return wrk.format("POST", nil, headers, body)
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.stderr:write(string.format(
    '{"requests":%d,"microseconds":%d,"p50":%d,"p99":%d,"refused":%d,"broken":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
