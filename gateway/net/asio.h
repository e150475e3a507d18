#pragma once

// The part of Boost.Asio the gateway uses, under short names. Boost 1.74 forgets to include <utility> itself.
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

namespace wenming::gateway {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;
// Bound to its executor's type at compile time: one indirection less on every operation.
using Socket = asio::basic_stream_socket<Tcp, asio::io_context::executor_type>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>,
                                         asio::io_context::executor_type>;
using ErrorCode = boost::system::error_code;

}  // namespace wenming::gateway
