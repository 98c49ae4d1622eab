// SPDX-License-Identifier: GPL-3.0-or-later
#include "restdecoder.h"

#include "elementscanner.h"
#include "jsontext.h"
#include "objectreader.h"
#include "stringpool.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QSet>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using namespace Internal;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(StampApi)
};

constexpr size_t padding = std::max(Json::padding, ElementScanner::padding);
// The text is taken through a buffer of this size, which stays in the processor's cache.
constexpr qsizetype slice = 128LL * 1024;

/// Which index an ID has had, for finding duplicates. As long as IDs come in ascending order there
/// can be none, and nothing is kept; from then on a part of the hash beside the index, so that the
/// IDs themselves are hardly ever looked at.
class IdTable
{
public:
    /// The index that \a id already has, or -1 and from now on \a index, which is the next one.
    /// \a idAt gives the ID of an index.
    template<typename IdAt>
    int insert(const QString &id, int index, IdAt &&idAt)
    {
        if (m_slots.empty()) {
            if (index == 0 || idAt(index - 1) < id)
                return -1;
            m_slots.resize(1024);
            for (int earlier = 0; earlier < index; ++earlier)
                (void)add(idAt(earlier), earlier, idAt);
        }
        return add(id, index, idAt);
    }

private:
    template<typename IdAt>
    int add(const QString &id, int index, IdAt &&idAt)
    {
        if (++m_count * 2 > m_slots.size())
            grow();
        const uint64_t hash = uint64_t(qHash(id)) * 0x9e3779b97f4a7c15U;
        const Slot added{uint32_t(hash >> 32), index + 1};
        size_t at = added.hash & (m_slots.size() - 1);
        for (; m_slots[at].entry != 0; at = (at + 1) & (m_slots.size() - 1)) {
            if (m_slots[at].hash == added.hash && idAt(m_slots[at].entry - 1) == id)
                return m_slots[at].entry - 1;
        }
        m_slots[at] = added;
        return -1;
    }
    struct Slot
    {
        uint32_t hash = 0;
        int entry = 0; ///< The index plus one.
    };

    void grow()
    {
        std::vector<Slot> old(m_slots.size() * 2);
        old.swap(m_slots);
        for (const Slot &slot : old) {
            if (slot.entry == 0)
                continue;
            size_t at = slot.hash & (m_slots.size() - 1);
            while (m_slots[at].entry != 0)
                at = (at + 1) & (m_slots.size() - 1);
            m_slots[at] = slot;
        }
    }

    std::vector<Slot> m_slots;
    size_t m_count = 0;
};

Error malformed(const QString &message, const QString &detail)
{
    return Error::of(ErrorKind::Malformed, message, detail);
}

Error notJson(qint64 offset)
{
    return malformed(Words::tr("the answer is not JSON: wrong at byte %L1").arg(offset),
                     u"byte "_s + QString::number(offset));
}

} // namespace

class FleetDecoder::Private
{
public:
    Private(KnownFleet knownFleet, DecodeLimits decodeLimits)
        : known(std::move(knownFleet))
        , limits(decodeLimits)
    { }

    Result<void> run(QByteArrayView bytes);
    Result<void> end();

    KnownFleet known;
    DecodeLimits limits;
    FleetUpdate update;
    QString since;
    bool hasStamps = false;
    bool hasTenants = false;
    bool hasComplete = false;
    std::optional<Error> failure;

private:
    enum class State {
        Start,
        KeyOrEnd,
        Key,
        Colon,
        Value,
        CommaOrEnd,
        ElementOrEnd,
        Element,
        ElementCommaOrEnd,
        Done
    };
    enum class List { Stamps, Tenants, Operations, Acknowledgements, Missing };
    enum class Progress { Again, NeedMore, Failed };

    Progress step();
    Progress beginValue();
    Progress takeMember(size_t size);
    // Takes the object at \a at and gives where it ends; null where something is wrong with it, or
    // its end has not come yet.
    const char *takeObject(const char *at);
    Progress takeWrongElement(size_t size);
    // How many bytes the value at m_at has; 0 when its end has not come yet.
    size_t valueSize();
    Progress reject(Error error)
    {
        failure = std::move(error);
        return Progress::Failed;
    }
    Progress rejectHere() { return reject(notJson(m_base + qint64(m_at))); }
    Progress fault(bool isTenant, const QString &id, const QString &inside, const QString &message)
    {
        update.faults.push_back({id, isTenant, pointerToElement() + inside, message});
        m_memory += qint64(sizeof(ObjectFault)) + 160 + 2 * id.size();
        return Progress::Again;
    }
    QString pointerToElement() const
    {
        return u'/' + QString::fromStdString(m_key) + u'/' + QString::number(m_index);
    }
    /// What is kept while objects of one kind are taken.
    template<typename T>
    struct Kind
    {
        std::shared_ptr<T> blank; ///< Read into; left where the object turned out to be known.
        IdTable ids;
        QSet<QString> duplicates;
    };
    template<typename T>
    const char *take(const char *at, Kind<T> &kind, std::vector<std::shared_ptr<const T>> &list,
                     std::shared_ptr<const T> &earlier, QString T::*id);
    template<typename T>
    void add(std::shared_ptr<const T> object, Kind<T> &kind,
             std::vector<std::shared_ptr<const T>> &list, QString T::*id);

    State m_state = State::Start;
    List m_list = List::Stamps;
    std::string m_key;
    qint64 m_index = 0; ///< Of the element in its list.
    std::vector<char> m_buffer = std::vector<char>(size_t(2 * slice) + padding);
    size_t m_size = 0; ///< Of the text in the buffer.
    size_t m_at = 0; ///< Where the next token begins.
    qint64 m_base = 0; ///< Of the buffer, in the answer.
    ElementScanner m_scanner;
    size_t m_scanned = 0; ///< From m_at on, when the scanner or the search for a quote goes on.
    bool m_scanning = false;
    bool m_last = false; ///< Nothing comes any more.
    StringPool m_strings;
    ObjectReader m_reader{m_strings, known};
    QString m_wrongId; ///< Of the stamp or tenant with which something is wrong, where told.
    Kind<Stamp> m_stamps;
    Kind<Tenant> m_tenants;
    uint32_t m_seenLists = 0;
    qint64 m_memory = 0;
};

Result<void> FleetDecoder::Private::run(QByteArrayView bytes)
{
    while (!failure && (!bytes.isEmpty() || m_last)) {
        // What was taken makes room for what comes.
        if (m_at > 0) {
            std::memmove(m_buffer.data(), m_buffer.data() + m_at, m_size - m_at);
            m_size -= m_at;
            m_base += qint64(m_at);
            m_at = 0;
        }
        const qsizetype step_ = std::min(bytes.size(), slice);
        if (m_size + size_t(step_) + padding > m_buffer.size())
            m_buffer.resize(std::max(m_buffer.size() * 2, m_size + size_t(step_) + padding));
        if (step_ > 0)
            std::memcpy(m_buffer.data() + m_size, bytes.data(), size_t(step_));
        bytes = bytes.sliced(step_);
        m_size += size_t(step_);
        std::memset(m_buffer.data() + m_size, 0, padding);
        Progress progress = Progress::Again;
        while (progress == Progress::Again)
            progress = step();
        if (!failure && m_size - m_at > size_t(limits.element))
            reject(malformed(
                Words::tr("the answer holds one object of over %L1 MiB").arg(limits.element >> 20),
                u"byte "_s + QString::number(m_base + qint64(m_at))));
        if (!failure && m_memory + m_strings.bytes() > limits.memory)
            reject(malformed(Words::tr("the answer describes a fleet that takes over %L1 MiB")
                                 .arg(limits.memory >> 20),
                             u"byte "_s + QString::number(m_base + qint64(m_at))));
        if (m_last && bytes.isEmpty())
            break;
    }
    if (failure)
        return fail(*failure);
    return {};
}

FleetDecoder::Private::Progress FleetDecoder::Private::step()
{
    while (m_at < m_size && !m_scanning && Json::isSpace(m_buffer[m_at]))
        ++m_at;
    if (m_at == m_size)
        return Progress::NeedMore;
    const char c = m_buffer[m_at];
    switch (m_state) {
    case State::Start:
        if (c != '{') {
            static constexpr std::string_view values = "[\"-0123456789tfn";
            if (values.find(c) != std::string_view::npos)
                return reject(
                    malformed(Words::tr("the answer is no fleet: expected an object at the top"),
                              u"byte "_s + QString::number(m_base + qint64(m_at))));
            return rejectHere();
        }
        m_state = State::KeyOrEnd;
        ++m_at;
        return Progress::Again;
    case State::KeyOrEnd:
        if (c == '}') {
            m_state = State::Done;
            ++m_at;
            return Progress::Again;
        }
        [[fallthrough]];
    case State::Key: {
        if (c != '"')
            return rejectHere();
        const size_t size = valueSize();
        if (size == 0)
            return Progress::NeedMore;
        Json::Text key;
        const char *begin = m_buffer.data() + m_at;
        if (Json::string(begin, key) != begin + size)
            return rejectHere();
        m_key.assign(key.bytes);
        m_at += size;
        m_state = State::Colon;
        return Progress::Again;
    }
    case State::Colon:
        if (c != ':')
            return rejectHere();
        m_state = State::Value;
        ++m_at;
        return Progress::Again;
    case State::Value:
        return beginValue();
    case State::CommaOrEnd:
        if (c != ',' && c != '}')
            return rejectHere();
        m_state = c == ',' ? State::Key : State::Done;
        ++m_at;
        return Progress::Again;
    case State::ElementOrEnd:
        if (c == ']') {
            m_state = State::CommaOrEnd;
            ++m_at;
            return Progress::Again;
        }
        [[fallthrough]];
    case State::Element: {
        if (c == ']' || c == '}' || c == ',' || c == ':')
            return rejectHere();
        // Most lie in the buffer as a whole, and are well; only of others the end is looked for.
        Progress taken = Progress::Again;
        const char *begin = m_buffer.data() + m_at;
        const char *end = m_scanning || c != '{' ? nullptr : takeObject(begin);
        if (!end) {
            const size_t size = valueSize();
            if (size == 0)
                return Progress::NeedMore;
            end = c == '{' ? takeObject(begin) : nullptr;
            if (!end)
                taken = takeWrongElement(size);
            end = begin + size;
        }
        m_at += size_t(end - begin);
        ++m_index;
        m_state = State::ElementCommaOrEnd;
        return taken;
    }
    case State::ElementCommaOrEnd:
        if (c != ',' && c != ']')
            return rejectHere();
        m_state = c == ',' ? State::Element : State::CommaOrEnd;
        ++m_at;
        return Progress::Again;
    case State::Done:
        return rejectHere();
    }
    return Progress::NeedMore;
}

FleetDecoder::Private::Progress FleetDecoder::Private::beginValue()
{
    const char c = m_buffer[m_at];
    static constexpr std::array<std::string_view, 5> lists = {"stamps", "tenants", "operations",
                                                               "acknowledgements", "missing"};
    const auto list = std::find(lists.begin(), lists.end(), m_key);
    if (list != lists.end()) {
        const auto index = uint32_t(list - lists.begin());
        const QString pointer = u'/' + QString::fromStdString(m_key);
        if (c != '[')
            return reject(malformed(
                Words::tr("the answer is no fleet: %1 is not a list").arg(pointer), pointer));
        if ((m_seenLists & (1U << index)) != 0)
            return reject(malformed(
                Words::tr("the answer is no fleet: %1 comes twice").arg(pointer), pointer));
        m_seenLists |= 1U << index;
        m_list = List(index);
        hasStamps = hasStamps || m_list == List::Stamps;
        hasTenants = hasTenants || m_list == List::Tenants;
        if (m_list == List::Acknowledgements)
            update.acknowledgements.emplace();
        m_index = 0;
        m_state = State::ElementOrEnd;
        ++m_at;
        return Progress::Again;
    }
    const size_t size = valueSize();
    if (size == 0)
        return Progress::NeedMore;
    const Progress taken = takeMember(size);
    m_at += size;
    m_state = State::CommaOrEnd;
    return taken;
}

size_t FleetDecoder::Private::valueSize()
{
    const char *begin = m_buffer.data() + m_at;
    const size_t left = m_size - m_at;
    if (!m_scanning) {
        m_scanned = 0;
        m_scanner.reset();
        m_scanning = true;
    }
    if (*begin == '{' || *begin == '[') {
        m_scanned += m_scanner.scan(begin + m_scanned, left - m_scanned);
        if (!m_scanner.isComplete())
            return 0;
    } else if (*begin == '"') {
        // Begins anew when more came: such strings are short.
        size_t at = 1;
        while (at < left && begin[at] != '"')
            at += begin[at] == '\\' ? 2 : 1;
        if (at >= left)
            return 0;
        m_scanned = at + 1;
    } else {
        while (m_scanned < left && !Json::isSpace(begin[m_scanned]) && begin[m_scanned] != ','
               && begin[m_scanned] != ']' && begin[m_scanned] != '}')
            ++m_scanned;
        if (m_scanned == left && !m_last)
            return 0;
    }
    m_scanning = false;
    return m_scanned;
}

FleetDecoder::Private::Progress FleetDecoder::Private::takeMember(size_t size)
{
    const char *begin = m_buffer.data() + m_at;
    const char *end = nullptr;
    QString *text = m_key == "fleetId" ? &update.instance
        : m_key == "revision"          ? &update.revision
        : m_key == "since"             ? &since
                                       : nullptr;
    if (text) {
        end = m_reader.read(begin, *text);
    } else if (m_key == "complete") {
        hasComplete = !Json::isNull(begin);
        end = m_reader.read(begin, update.complete);
    } else if (m_key == "gone") {
        Gone gone;
        end = m_reader.read(begin, gone);
        update.goneStamps += gone.stamps;
        update.goneTenants += gone.tenants;
        m_memory += m_reader.bytes + 24 * (gone.stamps.size() + gone.tenants.size());
    } else {
        // Something of a later version; it must be JSON all the same.
        end = m_reader.skip(begin);
    }
    if (end == begin + size)
        return Progress::Again;
    if (m_reader.skip(begin) != begin + size)
        return rejectHere();
    const QString pointer = u'/' + QString::fromStdString(m_key + m_reader.pointer);
    return reject(malformed(
        Words::tr("the answer is no fleet: %1: %2").arg(pointer, m_reader.message), pointer));
}

const char *FleetDecoder::Private::takeObject(const char *at)
{
    switch (m_list) {
    case List::Stamps:
        return take(at, m_stamps, update.stamps, m_reader.knownStamp, &Stamp::name);
    case List::Tenants:
        return take(at, m_tenants, update.tenants, m_reader.knownTenant, &Tenant::id);
    case List::Acknowledgements: {
        Acknowledgement acknowledgement;
        const char *end = m_reader.read(at, acknowledgement);
        if (end) {
            m_memory += m_reader.bytes;
            update.acknowledgements->append(acknowledgement);
        }
        return end;
    }
    case List::Missing: {
        Missing missing;
        const char *end = m_reader.read(at, missing);
        // What that source had shown is not gone: of both kinds nobody can tell.
        if (end) {
            const QString what = missing.source + u": "_s + missing.message;
            fault(false, {}, {}, what);
            fault(true, {}, {}, what);
        }
        return end;
    }
    case List::Operations:
        break;
    }
    const auto operation = std::make_shared<Operation>();
    const char *end = m_reader.read(at, *operation);
    if (end) {
        m_memory += m_reader.bytes + 16;
        update.operations.push_back(operation);
    }
    return end;
}

template<typename T>
const char *FleetDecoder::Private::take(const char *at, Kind<T> &kind,
                                        std::vector<std::shared_ptr<const T>> &list,
                                        std::shared_ptr<const T> &earlier, QString T::*id)
{
    // As made by T(), but not filled with zeros before.
    if (!kind.blank)
        kind.blank = std::make_shared_for_overwrite<T>();
    const char *end = m_reader.read(at, *kind.blank);
    if (!end) {
        m_wrongId = (*kind.blank).*id;
        *kind.blank = T();
    } else if (earlier && *earlier == *kind.blank) {
        *kind.blank = T();
        add(std::move(earlier), kind, list, id);
    } else {
        m_memory += m_reader.bytes;
        add<T>(std::move(kind.blank), kind, list, id);
    }
    return end;
}

template<typename T>
void FleetDecoder::Private::add(std::shared_ptr<const T> object, Kind<T> &kind,
                                std::vector<std::shared_ptr<const T>> &list, QString T::*id)
{
    constexpr bool isTenant = std::is_same_v<T, Tenant>;
    static const QString none;
    const auto idAt = [&](int index) -> const QString & {
        const auto &entry = list[size_t(index)];
        return entry ? (*entry).*id : none;
    };
    const QString &itsId = (*object).*id;
    int earlier = -1;
    const bool isDuplicate = !kind.duplicates.isEmpty() && kind.duplicates.contains(itsId);
    if (!isDuplicate)
        earlier = kind.ids.insert(itsId, int(list.size()), idAt);
    if (!isDuplicate && earlier < 0) {
        // In larger steps than by itself: what it leaves behind has all been written once.
        if (list.size() == list.capacity())
            list.reserve(std::max<size_t>(16, 4 * list.size()));
        list.push_back(std::move(object));
        m_memory += 16 + 8;
        return;
    }
    // Nobody can tell which of them is right: the last good one stays.
    if (earlier >= 0) {
        list[size_t(earlier)].reset();
        kind.duplicates.insert(itsId);
    }
    fault(isTenant, itsId, u"/id"_s, Words::tr("a duplicate: another one has the same id"));
}

FleetDecoder::Private::Progress FleetDecoder::Private::takeWrongElement(size_t size)
{
    const char *begin = m_buffer.data() + m_at;
    if (m_reader.skip(begin) != begin + size)
        return rejectHere();
    if (*begin != '{')
        return fault(m_list == List::Tenants, {}, {}, Words::tr("expected an object"));
    // One without an id is about no stamp and no tenant.
    const QString id = m_list >= List::Operations ? QString() : m_wrongId;
    return fault(m_list == List::Tenants, id, QString::fromStdString(m_reader.pointer),
                 m_reader.message);
}

Result<void> FleetDecoder::Private::end()
{
    m_last = true;
    if (auto rest = run({}); !rest)
        return rest;
    const qint64 offset = m_base + qint64(m_size);
    if (m_state != State::Done) {
        if (m_state == State::Start)
            return fail(malformed(Words::tr("the answer is empty"), u"byte 0"_s));
        return fail(malformed(Words::tr("the answer was cut off at byte %L1").arg(offset),
                              u"byte "_s + QString::number(offset)));
    }
    if (!hasComplete)
        update.complete = since.isEmpty();
    // A page of something else would otherwise read as a fleet without stamps.
    if (update.complete && (!hasStamps || !hasTenants)) {
        const QString missing = hasStamps ? u"/tenants"_s : u"/stamps"_s;
        return fail(
            malformed(Words::tr("the answer is no fleet: %1 is missing").arg(missing), missing));
    }
    if (!m_stamps.duplicates.isEmpty())
        std::erase(update.stamps, nullptr);
    if (!m_tenants.duplicates.isEmpty())
        std::erase(update.tenants, nullptr);
    return {};
}

FleetDecoder::FleetDecoder(KnownFleet known, DecodeLimits limits)
    : d(std::make_unique<Private>(std::move(known), limits))
{ }

FleetDecoder::~FleetDecoder() = default;

Result<void> FleetDecoder::feed(QByteArrayView bytes)
{
    return d->run(bytes);
}

Result<FleetUpdate> FleetDecoder::finish()
{
    if (d->failure)
        return fail(*d->failure);
    if (auto ended = d->end(); !ended)
        return fail(ended.error());
    return std::move(d->update);
}

int FleetDecoder::stamps() const
{
    return int(d->update.stamps.size());
}

QString FleetDecoder::since() const
{
    return d->since;
}

Result<FleetUpdate> decodeFleet(QByteArrayView bytes, const KnownFleet &known, DecodeLimits limits)
{
    FleetDecoder decoder(known, limits);
    if (auto fed = decoder.feed(bytes); !fed)
        return fail(fed.error());
    return decoder.finish();
}

namespace {

template<typename T>
Result<std::shared_ptr<const T>> decodeOne(QByteArrayView bytes, const QString &whatElse)
{
    std::string text(bytes.data(), size_t(bytes.size()));
    text.append(padding, 0);
    const char *begin = Json::skipSpace(text.data());
    const qint64 offset = begin - text.data();
    if (*begin != '{')
        return fail(malformed(Words::tr("%1: expected an object").arg(whatElse),
                              u"byte "_s + QString::number(offset)));
    StringPool strings;
    const KnownFleet known;
    ObjectReader reader(strings, known);
    const auto value = std::make_shared<T>();
    const bool good = reader.read(begin, *value) != nullptr;
    const char *end = reader.skip(begin);
    if (!end)
        return fail(notJson(offset));
    const qint64 after = Json::skipSpace(end) - text.data();
    if (after != bytes.size())
        return fail(notJson(after));
    if (!good) {
        const QString pointer = QString::fromStdString(reader.pointer);
        return fail(
            malformed(Words::tr("%1: %2: %3").arg(whatElse, pointer, reader.message), pointer));
    }
    return value;
}

} // namespace

Result<StampPtr> decodeStamp(QByteArrayView bytes)
{
    return decodeOne<Stamp>(bytes, Words::tr("the answer is no stamp"));
}

Result<TenantPtr> decodeTenant(QByteArrayView bytes)
{
    return decodeOne<Tenant>(bytes, Words::tr("the answer is no tenant"));
}

Result<OperationPtr> decodeOperation(QByteArrayView bytes)
{
    return decodeOne<Operation>(bytes, Words::tr("the answer is no operation"));
}

Result<TemplatePage> decodeTemplates(const QByteArray &bytes)
{
    QJsonParseError wrong;
    const QJsonDocument document = QJsonDocument::fromJson(bytes, &wrong);
    if (wrong.error != QJsonParseError::NoError) {
        return fail(ErrorKind::Malformed, Words::tr("the answer is not JSON"),
                    wrong.errorString() + u" at "_s + QString::number(wrong.offset));
    }
    const QJsonValue templates = document.object().value(u"templates"_s);
    if (!templates.isArray())
        return fail(ErrorKind::Malformed, Words::tr("the answer has no list of templates"),
                    u"/templates"_s);
    TemplatePage page;
    const QJsonArray list = templates.toArray();
    for (const auto &each : list) {
        if (auto is = templateFromJson(each.toObject()))
            page.templates.append(std::move(*is));
    }
    const QJsonValue next = document.object().value(u"nextPageToken"_s);
    if (!next.isString() && !next.isNull() && !next.isUndefined())
        return fail(ErrorKind::Malformed, Words::tr("nextPageToken is no text"),
                    u"/nextPageToken"_s);
    page.nextPageToken = next.toString();
    return page;
}

} // namespace Stampdeck
