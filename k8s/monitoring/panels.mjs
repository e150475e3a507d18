// The panels of the dashboards: { title, unit, kind, width, queries: [[expression, legend]…] }. Windows are five minutes, for
// services that are scraped every 15 s.

const quantile = (q, metric, by = 'job', labels = '') =>
  `histogram_quantile(${q}, sum by (${[by, 'le'].join(', ')}) (rate(${metric}_bucket${labels}[5m])))`;
const rate = (metric, by) => `sum by (${by}) (rate(${metric}[5m]))`;
const total = (metric) => `sum(increase(${metric}[1d]))`;
const stat = (title, expr, unit = 'short') => ({ title, unit, kind: 'stat', width: 6, queries: [[expr]] });

const UP = 'up{job=~"gateway|org_svc|volunteer_svc|activity_svc"}';
const UNARY = '{grpc_type="unary"}';  // a stream lasts as long as its client likes

const overview = {
  title: '总览 Overview',
  panels: [
    stat('在线服务 Services up', `sum(${UP})`),
    stat('就绪服务 Services ready', 'sum(wenming_ready)'),
    stat('请求/秒 Requests a second', 'sum(wenming:requests:rate5m)', 'reqps'),
    stat('一小时失败率 Failed in an hour', 'wenming:failures:ratio1h', 'percentunit'),
    { title: '各入口请求 Requests by front', unit: 'reqps', queries: [['wenming:requests:rate5m', '{{front}}']] },
    { title: '失败率 Share that fails', unit: 'percentunit', queries: [['wenming:failures:ratio5m', '{{front}}']] },
    { title: '超过半秒的比例 Share above half a second', unit: 'percentunit', queries: [['wenming:slow:ratio5m', 'http']] },
    { title: 'HTTP 响应时间 Latency', unit: 's', queries: ['0.5', '0.9', '0.99'].map((q) =>
      [`histogram_quantile(${q}, sum by (le) (rate(http_server_request_duration_seconds_bucket[5m])))`, `p${q * 100}`]) },
    { title: '失败预算的消耗速度 Burn of the budget, 1 = as fast as it may', queries: [
      ['wenming:failures:ratio1h / 0.001', '{{front}} 1h'], ['wenming:failures:ratio6h / 0.001', '{{front}} 6h'],
      ['wenming:failures:ratio3d / 0.001', '{{front}} 3d']] },
    { title: '服务在线 Up', queries: [[UP, '{{job}} {{instance}}']] },
  ],
};

const rpc = {
  title: '接口 RPC by method',
  panels: [
    { title: '调用最多 Most called', unit: 'reqps', queries: [['topk(10, wenming:rpcs:rate5m)', '{{grpc_service}}/{{grpc_method}}']] },
    { title: '最慢的 p99 Slowest', unit: 's', queries: [
      ['topk(10, wenming:rpc_seconds:p99_5m and (wenming:rpcs:rate5m > 0))', '{{grpc_service}}/{{grpc_method}}']] },
    { title: '结果代码 Codes', unit: 'reqps', queries: [[rate('grpc_server_handled_total', 'job, grpc_code'), '{{job}} {{grpc_code}}']] },
    { title: '服务端失败 Failures', unit: 'reqps', queries: [[
      'topk(10, sum by (job, grpc_method, grpc_code) (rate(grpc_server_handled_total{grpc_code=~"Unknown|Internal|Unavailable|DataLoss|DeadlineExceeded"}[5m])))',
      '{{job}} {{grpc_method}} {{grpc_code}}']] },
    { title: '处理中 At hand', queries: [[
      `sum by (job) (grpc_server_started_total${UNARY}) - sum by (job) (grpc_server_handled_total${UNARY})`, '{{job}}']] },
    { title: '响应时间 p99 Latency by service', unit: 's', queries: [[quantile(0.99, 'grpc_server_handling_seconds', 'job', UNARY), '{{job}}']] },
  ],
};

const gateway = {
  title: '网关 Gateway',
  panels: [
    { title: '路由请求 Requests by route', unit: 'reqps', queries: [[`topk(10, ${rate('http_server_requests_total', 'method, route')})`, '{{method}} {{route}}']] },
    { title: '状态码 Status', unit: 'reqps', queries: [[rate('http_server_requests_total', 'code'), '{{code}}']] },
    { title: '路由 p99 Latency by route', unit: 's', queries: [[`topk(10, ${quantile(0.99, 'http_server_request_duration_seconds', 'route')} > 0)`, '{{route}}']] },
    { title: 'gRPC 入口 gRPC edge', unit: 'reqps', queries: [[rate('grpc_edge_handled_total', 'grpc_code'), '{{grpc_code}}']] },
    { title: 'gRPC 入口 p99 Latency', unit: 's', queries: [['histogram_quantile(0.99, sum by (le) (rate(grpc_edge_handling_seconds_bucket[5m])))', 'p99']] },
    { title: '处理中 At hand', queries: [['sum(http_server_requests_in_flight)', 'http'], ['sum(grpc_edge_in_flight)', 'grpc'], ['sum(gateway_in_flight)', 'limits'], ['sum(gateway_streams)', 'streams']] },
    { title: '连接 Connections', queries: [['sum(http_server_connections)', 'http'], ['sum(grpc_edge_connections)', 'grpc']] },
    { title: '后端连接 Connections to back ends', queries: [['sum by (backend) (gateway_backend_connections)', '{{backend}}']] },
    { title: '后端就绪与熔断 Ready, and kept from calls', queries: [['sum by (backend) (gateway_backend_ready)', '{{backend}} ready'], ['sum by (backend) (gateway_backend_breakers_open)', '{{backend}} breaker']] },
    { title: '重试 Calls made again', unit: 'ops', queries: [[rate('gateway_retries_total', 'reason'), '{{reason}}'], ['sum(rate(gateway_retries_refused_total[5m]))', 'refused by the budget']] },
    { title: '限流拒绝 Refused by a limit', unit: 'reqps', queries: [[rate('gateway_refused_total', 'limit'), '{{limit}}']] },
    { title: '占用内存 Bytes held for bodies and answers', unit: 'bytes', queries: [['sum(gateway_held_bytes)', 'held']] },
    { title: '缓存命中率 Share answered from the cache', unit: 'percentunit', queries: [[
      'sum(rate(gateway_cache_requests_total{outcome="hit"}[5m])) / sum(rate(gateway_cache_requests_total[5m]))', 'hits']] },
    { title: '缓存占用 Bytes of answers kept', unit: 'bytes', queries: [['sum(gateway_cache_bytes)', 'kept']] },
    { title: 'TLS 握手失败 Failed handshakes', unit: 'ops', queries: [['sum(rate(grpc_edge_handshake_failures_total[5m]))', 'grpc']] },
  ],
};

const database = {
  title: '数据库 Database pools',
  panels: [
    { title: '连接 Connections', queries: [['sum by (job, state) (wenming_db_connections)', '{{job}} {{state}}']] },
    { title: '占用比例 Share in use', unit: 'percentunit', queries: [[
      'sum by (job) (wenming_db_connections{state="in_use"}) / sum by (job) (wenming_db_connections{state="open"} > 0)', '{{job}}']] },
    { title: '等待连接 p99 Wait for a connection', unit: 's', queries: [[quantile(0.99, 'wenming_db_acquire_seconds'), '{{job}}']] },
    { title: '事务 p99 Transactions', unit: 's', queries: [[quantile(0.5, 'wenming_db_transaction_seconds'), '{{job}} p50'], [quantile(0.99, 'wenming_db_transaction_seconds'), '{{job}} p99']] },
    { title: '事务/秒 Transactions a second', unit: 'ops', queries: [[rate('wenming_db_transaction_seconds_count', 'job'), '{{job}}']] },
    { title: '重试 Retries, by the error of the server', unit: 'ops', queries: [[rate('wenming_db_transaction_retries_total', 'job, number'), '{{job}} {{number}}']] },
    { title: '失败的语句 Failed statements', unit: 'ops', queries: [[rate('wenming_db_statement_failures_total', 'job'), '{{job}}']] },
    { title: '新建与丢失的连接 Connections opened and lost', unit: 'ops', queries: [
      [rate('wenming_db_connections_opened_total', 'job'), '{{job}} opened'], [rate('wenming_db_connections_lost_total', 'job'), '{{job}} lost']] },
  ],
};

const events = {
  title: '队列与事件 Queues and outbox',
  panels: [
    { title: '等待线程 Calls that wait for a thread', queries: [['sum by (job) (wenming_rpc_queue_length)', '{{job}}']] },
    { title: '发出的事件 Events put in order', unit: 'ops', queries: [[rate('wenming_outbox_sequenced_total', 'job'), '{{job}}']] },
    { title: '应用的事件 Events applied', unit: 'ops', queries: [[rate('wenming_events_applied_total', 'job, source'), '{{job}} ← {{source}}']] },
    { title: '待发 Age of what the outbox has not put in order', unit: 's', queries: [['time() - max by (job) (wenming_outbox_level_time_seconds)', '{{job}}']] },
    { title: '滞后 Age of what is not applied', unit: 's', queries: [['time() - max by (job, source) (wenming_events_level_time_seconds)', '{{job}} ← {{source}}']] },
    { title: '待应用 Events not applied yet', queries: [[
      'max by (job, source) (wenming_events_head) - max by (job, source) (wenming_events_cursor)', '{{job}} ← {{source}}']] },
    { title: '失败 Failures', unit: 'ops', queries: [
      [rate('wenming_outbox_failures_total', 'job'), '{{job}} outbox'], [rate('wenming_events_failures_total', 'job, source'), '{{job}} ← {{source}}']] },
    { title: '搁置 Parked', queries: [['max by (job, source) (wenming_events_parked)', '{{job}} ← {{source}}']] },
    { title: '超前 Cursor beyond the last event', queries: [['max by (job, source) (wenming_events_ahead)', '{{job}} ← {{source}}']] },
    { title: '审计 Audit log', unit: 'ops', queries: [
      [rate('wenming_audit_records_total', 'job'), '{{job}} records'], [rate('wenming_audit_failures_total', 'job'), '{{job}} failures'],
      [rate('wenming_audit_refusals_dropped_total', 'job'), '{{job}} dropped']] },
    { title: '待换密钥 Rows under an older data key', queries: [['sum by (job, table) (wenming_reseal_rows_left)', '{{job}} {{table}}']] },
  ],
};

const business = {
  title: '业务 Business',
  panels: [
    stat('一日报名 Places taken in a day', total('wenming_registrations_total{outcome="confirmed"}')),
    stat('一日签到 Check-ins in a day', total('wenming_check_ins_total')),
    stat('一日认定班次 Shifts settled in a day', total('wenming_shifts_settled_total')),
    stat('一日入账小时 Hours credited in a day', `${total('wenming_hours_credited_minutes_total')} / 60`, 'h'),
    { title: '报名 Sign-ups by outcome', unit: 'ops', queries: [[rate('wenming_registrations_total', 'outcome'), '{{outcome}}']] },
    { title: '候补 Places offered to waiting lists', unit: 'ops', queries: [[rate('wenming_waitlist_offers_total', 'outcome'), '{{outcome}}']] },
    { title: '签到方式 Check-ins by means', unit: 'ops', queries: [[rate('wenming_check_ins_total', 'means'), '{{means}}']] },
    { title: '时长 Minutes credited and taken back, an hour', unit: 'm', queries: [
      ['sum(increase(wenming_hours_credited_minutes_total[1h]))', 'credited'], ['sum(increase(wenming_hours_reversed_minutes_total[1h]))', 'reversed']] },
    { title: '星级 Stars reached in a day', queries: [['sum by (star) (increase(wenming_stars_reached_total[1d]))', '{{star}}']] },
    { title: '工作人员登录 Log-ins of staff', unit: 'ops', queries: [[rate('wenming_staff_log_ins_total', 'outcome'), '{{outcome}}']] },
  ],
};

export const DASHBOARDS = { overview, rpc, gateway, database, events, business };
