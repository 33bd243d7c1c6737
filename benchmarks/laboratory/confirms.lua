-- For wrk: POSTs, each about another smid. Arguments: path, the first number, how many each thread
-- may use, then the ports of the servers: one thread for each.

local threads = 0
local ports = {}

function setup(thread)
  if #ports == 0 then
    for port in string.gmatch(os.getenv("LOAD_PORTS"), "%d+") do ports[#ports + 1] = port end
  end
  thread.addr = wrk.lookup("127.0.0.1", ports[threads % #ports + 1])[1]
  thread:set("number", threads)
  threads = threads + 1
end

function init(arguments)
  path = arguments[1]
  share = tonumber(arguments[3])
  first = tonumber(arguments[2]) + number * share
  sent = 0
  began = os.time()
  wrk.headers = {
    ["Content-Type"] = "application/x-www-form-urlencoded;charset=UTF-8",
    ["Accept"] = "*/*",
    ["Accept-Language"] = "en-GB,en;q=0.9",
    ["Origin"] = "https://shop.example",
    ["Referer"] = "https://shop.example/unsubscribe",
    ["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
  }
end

function request()
  local person = first + sent % share
  sent = sent + 1
  -- Its fields are the SDK's, and of the same length.
  local body = string.format(
    "smid=fGrowth%d&id=MXw3Mw%%3D%%3D&request_id=%d000-0.%016d-0.%016d&age_ms=0&v=1", person, began, person, sent)
  return wrk.format("POST", path, nil, body)
end

function done(summary, latency, _)
  local failed = summary.errors
  io.write(string.format(
    '\nJSON {"answered": %d, "seconds": %.6f, "p50_ms": %.3f, "p99_ms": %.3f, "refused": %d, "broken": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    failed.status, failed.connect + failed.read + failed.write + failed.timeout
  ))
end
