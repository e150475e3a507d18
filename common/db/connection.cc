#include "common/db/connection.h"

#include <cppconn/datatype.h>
#include <cppconn/exception.h>
#include <cppconn/resultset.h>
#include <cppconn/resultset_metadata.h>

#include <algorithm>
#include <exception>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/db/errors.h"

namespace wenming::db {
namespace {

int Seconds(absl::Duration duration) {
  return static_cast<int>(std::max<int64_t>(1, absl::ToInt64Seconds(absl::Ceil(duration, absl::Seconds(1)))));
}

// The driver runs one statement when it has connected, with names that MariaDB, MySQL 8 and TiDB share.
std::string SessionSettings(const PoolOptions& options) {
  return absl::StrCat(
      "SET SESSION time_zone = '+00:00', "
      "sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,"
      "ONLY_FULL_GROUP_BY', character_set_client = utf8mb4, character_set_results = utf8mb4, "
      "collation_connection = utf8mb4_bin, innodb_lock_wait_timeout = ",
      Seconds(options.lock_wait));
}

sql::ConnectOptionsMap DriverOptions(const PoolOptions& options) {
  sql::ConnectOptionsMap map;
  const std::string host = options.socket.empty() ? absl::StrCat("tcp://", options.host, ":", options.port)
                                                  : absl::StrCat("unix://", options.socket);
  map["hostName"] = sql::SQLString(host);
  map["userName"] = sql::SQLString(options.user);
  map["password"] = sql::SQLString(options.password);
  map["schema"] = sql::SQLString(options.schema);
  map["CLIENT_FOUND_ROWS"] = true;
  map["OPT_CHARSET_NAME"] = sql::SQLString("utf8mb4");
  map["OPT_CONNECT_TIMEOUT"] = Seconds(options.connect_timeout);
  map["OPT_READ_TIMEOUT"] = Seconds(options.read_timeout);
  map["OPT_WRITE_TIMEOUT"] = Seconds(options.read_timeout);
  map["postInit"] = sql::SQLString(SessionSettings(options));
  return map;
}

enum class Kind { kSigned, kUnsigned, kDouble, kText };

Kind KindOf(sql::ResultSetMetaData& meta, unsigned column) {
  switch (meta.getColumnType(column)) {
    case sql::DataType::TINYINT:
    case sql::DataType::SMALLINT:
    case sql::DataType::MEDIUMINT:
    case sql::DataType::INTEGER:
    case sql::DataType::BIGINT:
    case sql::DataType::YEAR:
      return meta.isSigned(column) ? Kind::kSigned : Kind::kUnsigned;
    case sql::DataType::BIT:
      return Kind::kUnsigned;
    case sql::DataType::REAL:
    case sql::DataType::DOUBLE:
      return Kind::kDouble;
    default:
      return Kind::kText;
  }
}

Value::Variant Cell(sql::ResultSet& result, unsigned column, Kind kind) {
  if (result.isNull(column)) return {};
  switch (kind) {
    case Kind::kSigned:
      return result.getInt64(column);
    case Kind::kUnsigned:
      return result.getUInt64(column);
    case Kind::kDouble:
      return static_cast<double>(result.getDouble(column));
    case Kind::kText:
      break;
  }
  return result.getString(column).asStdString();
}

Rows Read(sql::ResultSet& result, size_t most) {
  sql::ResultSetMetaData* meta = result.getMetaData();
  std::vector<Kind> kinds(meta->getColumnCount());
  for (unsigned i = 0; i < kinds.size(); ++i) kinds[i] = KindOf(*meta, i + 1);
  Rows rows;
  rows.reserve(std::min(most, result.rowsCount()));
  while (rows.size() < most && result.next()) {
    std::vector<Value::Variant> cells;
    cells.reserve(kinds.size());
    for (unsigned i = 0; i < kinds.size(); ++i) cells.push_back(Cell(result, i + 1, kinds[i]));
    rows.emplace_back(std::move(cells));
  }
  return rows;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(sql::Driver* driver, const PoolOptions& options,
                                                             PoolObserver& observer) {
  try {
    sql::ConnectOptionsMap map = DriverOptions(options);
    std::unique_ptr<sql::Connection> raw(driver->connect(map));
    std::unique_ptr<Connection> connection(
        new Connection(std::move(raw), static_cast<size_t>(std::max(1, options.statements)), observer));
    // The variable has different names in MariaDB and MySQL; the statement has not.
    absl::Status isolated = connection->Command("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
    if (!isolated.ok()) return isolated;
    return connection;
  } catch (const sql::SQLException& e) {
    observer.Failed(e.getErrorCode(), e.what());
    return ErrorFromDriver(e.getErrorCode(), e.what());
  } catch (const std::exception& e) {
    observer.Failed(0, e.what());
    return ErrorFromDriver(0, e.what());
  }
}

Connection::Connection(std::unique_ptr<sql::Connection> connection, size_t statements, PoolObserver& observer)
    : connection_(std::move(connection)),
      command_(connection_->createStatement()),
      most_statements_(statements),
      observer_(observer) {}

// Statements must go before their connection, and they are declared after it.
Connection::~Connection() = default;

template <typename F>
absl::Status Connection::Guard(F&& work) {
  try {
    work();
    return absl::OkStatus();
  } catch (const sql::SQLException& e) {
    observer_.Failed(e.getErrorCode(), e.what());
    absl::Status status = ErrorFromDriver(e.getErrorCode(), e.what());
    if (EndsConnection(e.getErrorCode())) lost_ = true;
    return status;
  } catch (const std::exception& e) {
    // The driver itself gave up, perhaps in the middle of an answer.
    lost_ = true;
    observer_.Failed(0, e.what());
    return ErrorFromDriver(0, e.what());
  }
}

absl::StatusOr<Rows> Connection::Query(std::string_view sql, std::span<const Value> params, size_t most) {
  Rows rows;
  const auto query = [&] {
    Prepared& prepared = Prepare(sql);
    Bind(prepared, params);
    const std::unique_ptr<sql::ResultSet> result(prepared.statement->executeQuery());
    rows = Read(*result, most);
  };
  absl::Status status = Guard(query);
  if (DriverError(status) == kStatementChanged) {
    Forget(sql);
    status = Guard(query);
  }
  if (!status.ok() || statements_.front().unsigned_bound) Forget(sql);
  if (!status.ok()) return status;
  return rows;
}

absl::StatusOr<int64_t> Connection::Execute(std::string_view sql, std::span<const Value> params) {
  int64_t matched = 0;
  absl::Status status = Guard([&] {
    Prepared& prepared = Prepare(sql);
    Bind(prepared, params);
    matched = prepared.statement->executeUpdate();
  });
  if (!status.ok() || statements_.front().unsigned_bound) Forget(sql);
  if (!status.ok()) return status;
  return matched;
}

absl::Status Connection::Command(const std::string& sql) {
  return Guard([&] { command_->execute(sql); });
}

bool Connection::Ping() {
  const absl::Status status = Guard([&] { lost_ = !connection_->isValid(); });
  return status.ok() && !lost_;
}

Connection::Prepared& Connection::Prepare(std::string_view sql) {
  if (const auto found = by_sql_.find(sql); found != by_sql_.end()) {
    statements_.splice(statements_.begin(), statements_, found->second);
    return statements_.front();
  }
  std::string text(sql);
  std::unique_ptr<sql::PreparedStatement> statement(connection_->prepareStatement(text));
  if (statements_.size() >= most_statements_) {
    by_sql_.erase(statements_.back().sql);
    statements_.pop_back();
  }
  statements_.push_front({std::move(text), std::move(statement)});
  by_sql_.emplace(statements_.front().sql, statements_.begin());
  return statements_.front();
}

void Connection::Forget(std::string_view sql) {
  const auto found = by_sql_.find(sql);
  if (found == by_sql_.end()) return;
  const Statements::iterator statement = found->second;
  by_sql_.erase(found);
  statements_.erase(statement);
}

void Connection::Bind(Prepared& prepared, std::span<const Value> params) {
  unsigned position = 0;
  for (const Value& value : params) {
    ++position;
    sql::PreparedStatement& statement = *prepared.statement;
    if (const auto* number = std::get_if<int64_t>(&value.data())) {
      statement.setInt64(position, *number);
    } else if (const auto* large = std::get_if<uint64_t>(&value.data())) {
      if (*large <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
        statement.setInt64(position, static_cast<int64_t>(*large));
      } else {
        prepared.unsigned_bound = true;
        statement.setUInt64(position, *large);
      }
    } else if (const auto* real = std::get_if<double>(&value.data())) {
      statement.setDouble(position, *real);
    } else if (const auto* text = std::get_if<std::string>(&value.data())) {
      statement.setString(position, *text);
    } else {
      statement.setNull(position, sql::DataType::SQLNULL);
    }
  }
}

}  // namespace wenming::db
