#include "activity_svc/rosters/roster_workbook.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "absl/strings/str_cat.h"
#include "common/errors/errors.h"

namespace wenming::activity {
namespace {

// The library writes to files, parts of the workbook to temporary ones: memory has files, too.
constexpr char kScratch[] = "/dev/shm";
// In characters, as wide as the widest content: a time.
constexpr double kColumnWidth = 18;

// A file in memory.
class MemoryFile {
 public:
  MemoryFile() : descriptor_(memfd_create("workbook", MFD_CLOEXEC)) {}
  ~MemoryFile() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  bool Open() const { return descriptor_ >= 0; }
  std::string Path() const { return absl::StrCat("/proc/self/fd/", descriptor_); }

  // Empty where it cannot be read.
  std::string Content() const {
    struct stat about {};
    if (fstat(descriptor_, &about) != 0) return {};
    std::string content(static_cast<size_t>(about.st_size), '\0');
    for (size_t done = 0; done < content.size();) {
      const ssize_t part = pread(descriptor_, content.data() + done, content.size() - done, static_cast<off_t>(done));
      if (part <= 0) return {};
      done += static_cast<size_t>(part);
    }
    return content;
  }

 private:
  const int descriptor_;
};

lxw_error Write(lxw_workbook& workbook, std::string_view sheet_name, const std::vector<TableRow>& table) {
  lxw_worksheet* const sheet = workbook_add_worksheet(&workbook, std::string(sheet_name).c_str());
  if (sheet == nullptr) return LXW_ERROR_MEMORY_MALLOC_FAILED;
  lxw_format* const bold = workbook_add_format(&workbook);
  format_set_bold(bold);
  worksheet_freeze_panes(sheet, 1, 0);
  if (!table.empty()) {
    worksheet_set_column(sheet, 0, static_cast<lxw_col_t>(table.front().size() - 1), kColumnWidth, nullptr);
  }
  for (size_t row = 0; row < table.size(); ++row) {
    for (size_t column = 0; column < table[row].size(); ++column) {
      const lxw_error error = worksheet_write_string(sheet, static_cast<lxw_row_t>(row), static_cast<lxw_col_t>(column),
                                                     table[row][column].c_str(), row == 0 ? bold : nullptr);
      if (error != LXW_NO_ERROR) return error;
    }
  }
  return LXW_NO_ERROR;
}

}  // namespace

absl::StatusOr<std::string> ToWorkbook(std::string_view sheet_name, const std::vector<TableRow>& table) {
  const MemoryFile file;
  if (!file.Open()) return errors::Internal();
  std::string scratch = kScratch;
  lxw_workbook_options options{.constant_memory = LXW_FALSE, .tmpdir = scratch.data(), .use_zip64 = LXW_FALSE};
  lxw_workbook* const workbook = workbook_new_opt(file.Path().c_str(), &options);
  if (workbook == nullptr) return errors::Internal();
  const lxw_error written = Write(*workbook, sheet_name, table);
  // Frees the workbook, too.
  const lxw_error closed = workbook_close(workbook);
  std::string content = file.Content();
  if (written != LXW_NO_ERROR || closed != LXW_NO_ERROR || content.empty()) return errors::Internal();
  return content;
}

}  // namespace wenming::activity
