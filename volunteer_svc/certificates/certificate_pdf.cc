#include "volunteer_svc/certificates/certificate_pdf.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <qrencode.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "volunteer_svc/calendar.h"
#include "volunteer_svc/certificates/certificate_text.h"

namespace wenming::volunteer {
namespace {

constexpr char kFamily[] = "Noto Serif CJK SC";
constexpr char kTitle[] = "志愿服务记录证明";
// Points, of which an inch has 72.
constexpr double kWidth = 595.28, kHeight = 841.89, kMargin = 56, kBottom = kHeight - 72;
constexpr double kInner = kWidth - 2 * kMargin;
constexpr double kPadding = 5, kQrSize = 92, kClosing = 150;
constexpr double kBody = 10, kSmall = 8.5;

template <typename T, auto Free>
struct Deleter {
  void operator()(T* object) const { Free(object); }
};
template <typename T, auto Free>
using Owned = std::unique_ptr<T, Deleter<T, Free>>;
using FontMap = Owned<PangoFontMap, g_object_unref>;
using Context = Owned<PangoContext, g_object_unref>;
using Layout = Owned<PangoLayout, g_object_unref>;
using Font = Owned<PangoFontDescription, pango_font_description_free>;
using Surface = Owned<cairo_surface_t, cairo_surface_destroy>;
using Cairo = Owned<cairo_t, cairo_destroy>;
using Qr = Owned<QRcode, QRcode_free>;

Font FontOf(double size, bool bold) {
  Font font(pango_font_description_new());
  pango_font_description_set_family(font.get(), kFamily);
  pango_font_description_set_size(font.get(), static_cast<int>(size * PANGO_SCALE));
  pango_font_description_set_weight(font.get(), bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  return font;
}

struct Style {
  double size = kBody;
  bool bold = false;
  PangoAlignment align = PANGO_ALIGN_LEFT;
};

// Heights of texts that were set before; most words of a certificate stand in every other one too.
using Heights = std::map<std::tuple<double, double, bool, std::string>, double>;

// Draws on one page after another; one that only measures draws nothing and counts pages.
class Sheet {
 public:
  Sheet(PangoContext* context, cairo_t* cairo, Heights& heights)
      : context_(context), cairo_(cairo), heights_(heights) {}

  // The height of the text, wrapped within `width`; draws it where this draws.
  double Text(double x, double y, double width, const std::string& text, const Style& style = {}) const {
    if (cairo_ != nullptr) {
      cairo_move_to(cairo_, x, y);
      pango_cairo_show_layout(cairo_, Set(width, text, style).get());
    }
    return HeightOf(width, text, style);
  }
  double HeightOf(double width, const std::string& text, const Style& style = {}) const {
    const auto [place, added] = heights_.try_emplace({width, style.size, style.bold, text});
    if (added) {
      int height = 0;
      pango_layout_get_size(Set(width, text, style).get(), nullptr, &height);
      place->second = static_cast<double>(height) / PANGO_SCALE;
    }
    return place->second;
  }
  void Line(double x1, double y1, double x2, double y2) const {
    if (cairo_ == nullptr) return;
    cairo_set_line_width(cairo_, 0.6);
    cairo_move_to(cairo_, x1, y1);
    cairo_line_to(cairo_, x2, y2);
    cairo_stroke(cairo_);
  }
  // The text as a QR code of that size, its quiet zone included.
  bool Code(double x, double y, double size, const std::string& text) const {
    if (cairo_ == nullptr) return true;
    const Qr code(QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_M));
    if (code == nullptr) return false;
    const double module = size / (code->width + 8);
    for (int row = 0; row < code->width; ++row) {
      const unsigned char* modules = code->data + row * code->width;
      for (int begin = 0, end; begin < code->width; begin = end) {
        const bool dark = (modules[begin] & 1) != 0;
        for (end = begin + 1; end < code->width && ((modules[end] & 1) != 0) == dark;) ++end;
        if (dark)
          cairo_rectangle(cairo_, x + (begin + 4) * module, y + (row + 4) * module, (end - begin) * module, module);
      }
    }
    cairo_fill(cairo_);
    return true;
  }
  void EndPage() const {
    if (cairo_ != nullptr) cairo_show_page(cairo_);
  }

 private:
  Layout Set(double width, const std::string& text, const Style& style) const {
    Layout layout(pango_layout_new(context_));
    const Font font = FontOf(style.size, style.bold);
    pango_layout_set_font_description(layout.get(), font.get());
    pango_layout_set_width(layout.get(), static_cast<int>(width * PANGO_SCALE));
    pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
    pango_layout_set_alignment(layout.get(), style.align);
    pango_layout_set_text(layout.get(), text.data(), static_cast<int>(text.size()));
    return layout;
  }

  PangoContext* const context_;
  cairo_t* const cairo_;  // null: measures
  Heights& heights_;
};

// One certificate on its pages.
class Setter {
 public:
  // `pages`: how many there are, 0 where that is still to be found out.
  Setter(const Sheet& sheet, const PrintedCertificate& printed, int pages)
      : sheet_(sheet), printed_(printed), of_(printed.certificate), pages_(pages) {}

  // How many pages it took; 0 where the code could not be drawn.
  int Set() {
    Head();
    for (const PaperRow& row : PaperRows(of_)) Row(row);
    Activities();
    Close();
    EndPage();
    return drawn_ ? page_ : 0;
  }

 private:
  void Head() {
    y_ = kMargin;
    y_ += sheet_.Text(kMargin, y_, kInner, kTitle, {.size = 24, .bold = true, .align = PANGO_ALIGN_CENTER}) + 10;
    y_ += sheet_.Text(kMargin, y_, kInner, absl::StrCat("证明编号：", of_.serial()), {.align = PANGO_ALIGN_RIGHT}) + 4;
  }

  // Breaks the page where `height` does not fit.
  bool Room(double height) {
    if (y_ + height <= kBottom) return false;
    EndPage();
    ++page_;
    y_ = kMargin;
    y_ += sheet_.Text(kMargin, y_, kInner, absl::StrCat(kTitle, "　", of_.serial(), "（续）"), {.size = kSmall}) + 6;
    return true;
  }

  // A line of a table: its cells with their widths.
  void Cells(const std::vector<std::pair<double, std::string>>& cells, bool bold) {
    double height = 0;
    for (const auto& [width, text] : cells) {
      height = std::max(height, sheet_.HeightOf(width - 2 * kPadding, text, {.bold = bold}));
    }
    height += 2 * kPadding;
    Room(height);
    double x = kMargin;
    sheet_.Line(x, y_, x + kInner, y_);
    for (const auto& [width, text] : cells) {
      sheet_.Text(x + kPadding, y_ + kPadding, width - 2 * kPadding, text, {.bold = bold});
      sheet_.Line(x, y_, x, y_ + height);
      x += width;
    }
    sheet_.Line(x, y_, x, y_ + height);
    y_ += height;
    sheet_.Line(kMargin, y_, x, y_);
  }

  void Row(const PaperRow& row) {
    constexpr double kLabel = 66;
    if (row.second_label.empty()) return Cells({{kLabel, row.label}, {kInner - kLabel, row.value}}, false);
    Cells({{kLabel, row.label},
           {kInner / 2 - kLabel, row.value},
           {kLabel, row.second_label},
           {kInner / 2 - kLabel, row.second_value}},
          false);
  }

  void Activity(const PaperActivity& activity, bool bold) {
    constexpr double kContent = 170, kDays = 74, kTime = 84;
    Cells({{kInner - kContent - kDays - kTime, activity.title},
           {kContent, activity.content},
           {kDays, activity.days},
           {kTime, activity.time}},
          bold);
  }

  void Activities() {
    y_ += 12;
    Activity({"活动名称", "服务内容", "服务日期", "服务时间"}, /*bold=*/true);
    for (const PaperActivity& activity : PaperActivities(of_)) Activity(activity, /*bold=*/false);
  }

  // What stands below the tables: the words, the code, who issued it and when.
  void Close() {
    Room(kClosing);
    y_ += 14;
    sheet_.Text(kMargin, y_, kInner, "以上服务记录属实，特此证明。");
    y_ += 24;
    drawn_ = sheet_.Code(kMargin, y_, kQrSize, printed_.link);
    const double right = kMargin + kQrSize + 12, width = kInner - kQrSize - 12;
    const Style end = {.align = PANGO_ALIGN_RIGHT};
    double y = y_ + 4;
    y += sheet_.Text(right, y, width, absl::StrCat(of_.issuer_name(), "（盖章）"), end) + 4;
    y += sheet_.Text(right, y, width, DayOnPaper(DayInChina(FromTimestamp(of_.issue_time()))), end) + 10;
    y += sheet_.Text(right, y, width, "扫描左侧二维码，或打开下面的链接验证真伪：", {.size = kSmall}) + 1;
    y += sheet_.Text(right, y, width, printed_.link, {.size = kSmall}) + 3;
    sheet_.Text(right, y, width, absl::StrCat("数字签名（Ed25519）指纹：", printed_.fingerprint), {.size = kSmall});
  }

  void EndPage() {
    sheet_.Text(kMargin, kHeight - 48, kInner, absl::StrFormat("第 %d 页，共 %d 页", page_, pages_),
                {.size = kSmall, .align = PANGO_ALIGN_CENTER});
    sheet_.EndPage();
  }

  const Sheet& sheet_;
  const PrintedCertificate& printed_;
  const v1::Certificate& of_;
  const int pages_;
  int page_ = 1;
  double y_ = 0;
  bool drawn_ = true;
};

// Each rendering has fonts of its own: nothing is left with the thread afterwards.
struct Fonts {
  Fonts() : map(pango_cairo_font_map_new()), context(pango_font_map_create_context(map.get())) {
    pango_context_set_language(context.get(), pango_language_from_string("zh-cn"));
  }
  const FontMap map;
  const Context context;
};

absl::Status Check(const Fonts& fonts) {
  const Font wanted = FontOf(kBody, false);
  const Owned<PangoFont, g_object_unref> font(
      pango_font_map_load_font(fonts.map.get(), fonts.context.get(), wanted.get()));
  if (font != nullptr) {
    const Font found(pango_font_describe(font.get()));
    const char* family = pango_font_description_get_family(found.get());
    if (family != nullptr && std::string(family) == kFamily) return absl::OkStatus();
  }
  return absl::FailedPreconditionError(
      absl::StrCat("the font ", kFamily, " is missing; install the package fonts-noto-cjk"));
}

cairo_status_t Append(void* closure, const unsigned char* data, unsigned int size) {
  static_cast<std::string*>(closure)->append(reinterpret_cast<const char*>(data), size);
  return CAIRO_STATUS_SUCCESS;
}

void Describe(cairo_surface_t* surface, const v1::Certificate& certificate, const std::string& keywords) {
  const std::string time =
      absl::FormatTime("%Y-%m-%d%ET%H:%M:%SZ", FromTimestamp(certificate.issue_time()), absl::UTCTimeZone());
  const std::string title = absl::StrCat(kTitle, " ", certificate.serial());
  const std::pair<cairo_pdf_metadata_t, const std::string&> values[] = {
      {CAIRO_PDF_METADATA_TITLE, title},
      {CAIRO_PDF_METADATA_AUTHOR, certificate.issuer_name()},
      {CAIRO_PDF_METADATA_CREATE_DATE, time},
      {CAIRO_PDF_METADATA_MOD_DATE, time},
      {CAIRO_PDF_METADATA_KEYWORDS, keywords}};
  for (const auto& [key, value] : values) {
    if (!value.empty()) cairo_pdf_surface_set_metadata(surface, key, value.c_str());
  }
}

}  // namespace

absl::Status CheckFonts() { return Check(Fonts()); }

absl::StatusOr<std::string> RenderPdf(std::span<const PrintedCertificate> certificates, const std::string& keywords) {
  if (certificates.empty()) return absl::InvalidArgumentError("nothing to print");
  const Fonts fonts;
  if (absl::Status there = Check(fonts); !there.ok()) return there;
  std::string pdf;
  const Surface surface(cairo_pdf_surface_create_for_stream(Append, &pdf, kWidth, kHeight));
  Describe(surface.get(), certificates.front().certificate, keywords);
  const Cairo cairo(cairo_create(surface.get()));
  // Lines are set for paper, not for the pixels of a screen.
  pango_cairo_update_context(cairo.get(), fonts.context.get());
  Heights heights;
  const Sheet measure(fonts.context.get(), nullptr, heights), paper(fonts.context.get(), cairo.get(), heights);
  for (const PrintedCertificate& certificate : certificates) {
    const int pages = Setter(measure, certificate, 0).Set();
    if (Setter(paper, certificate, pages).Set() != pages) return absl::InternalError("a certificate cannot be set");
  }
  cairo_surface_finish(surface.get());
  if (cairo_surface_status(surface.get()) != CAIRO_STATUS_SUCCESS ||
      cairo_status(cairo.get()) != CAIRO_STATUS_SUCCESS) {
    return absl::InternalError("cairo could not write the PDF");
  }
  return pdf;
}

}  // namespace wenming::volunteer
