// W3C trace context: the `traceparent` header.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace wenming::observe {

// Where a call stands in a trace. Lower-case hex, as on the wire.
struct TraceContext {
  std::string trace_id;  // 32 digits
  std::string span_id;   // 16 digits
  bool sampled = false;
};

// Reads a `traceparent`; none when it is malformed (https://www.w3.org/TR/trace-context/#traceparent-header).
std::optional<TraceContext> ParseTraceparent(std::string_view header);

// The header for a context.
std::string FormatTraceparent(const TraceContext& context);

}  // namespace wenming::observe
