// SPDX-License-Identifier: GPL-3.0-or-later
#include "bell.h"

#include <canberra.h>
#include <dlfcn.h>
#include <link.h>

#include <condition_variable>
#include <cstring>
#include <mutex>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

using namespace std::chrono_literals;

namespace Stampdeck {

namespace {

constexpr auto farewell = 500ms;

struct Destroy
{
    void operator()(ca_context *context) const { ca_context_destroy(context); }
    void operator()(ca_proplist *list) const { ca_proplist_destroy(list); }
};

using Context = std::unique_ptr<ca_context, Destroy>;
using Properties = std::unique_ptr<ca_proplist, Destroy>;

// In the words of libcanberra: 0, or what is wrong.
int make(Properties &properties,
         std::initializer_list<std::pair<const char *, const char *>> values)
{
    ca_proplist *made = nullptr;
    int error = ca_proplist_create(&made);
    properties.reset(made);
    for (const auto &[name, value] : values) {
        if (error == CA_SUCCESS)
            error = ca_proplist_sets(made, name, value);
    }
    return error;
}

// libcanberra unloads its module for ALSA while a thread of that is still on its way out of it, which
// ends the program. So whatever it has loaded stays.
void keepModules()
{
    std::vector<std::string> modules;
    const auto note = [](dl_phdr_info *loaded, size_t, void *found) {
        if (std::strstr(loaded->dlpi_name, "/libcanberra-"))
            static_cast<std::vector<std::string> *>(found)->emplace_back(loaded->dlpi_name);
        return 0;
    };
    dl_iterate_phdr(note, &modules); // nothing can be loaded in it
    for (const std::string &module : modules) {
        if (void *kept = dlopen(module.c_str(), RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE))
            dlclose(kept);
    }
}

int open(Context &context)
{
    ca_context *made = nullptr;
    int error = ca_context_create(&made);
    context.reset(made);
    Properties whose;
    if (error == CA_SUCCESS)
        error = make(whose, {{CA_PROP_APPLICATION_NAME, "Stampdeck"},
                             {CA_PROP_APPLICATION_ID, "dev.stampdeck.Stampdeck"},
                             {CA_PROP_APPLICATION_ICON_NAME, "dev.stampdeck.Stampdeck"}});
    if (error == CA_SUCCESS)
        error = ca_context_change_props_full(made, whose.get());
    if (error == CA_SUCCESS)
        error = ca_context_open(made);
    keepModules();
    return error;
}

} // namespace

/// What the bell and the thread that plays have in common; all of it under the lock.
struct Bell::Sound
{
    std::mutex lock;
    std::condition_variable changed;
    Bell *bell = nullptr; // null: it is gone
    bool isWanted = true;
    std::optional<int> end; // as libcanberra's thread says; nothing: it sounds
    bool isOver = false; // the thread is about to end

    // The bell can't go meanwhile: it takes itself away under the lock.
    template<typename Call>
    void tell(Call call)
    {
        if (bell)
            QMetaObject::invokeMethod(bell, [it = bell, call] { call(*it); }, Qt::QueuedConnection);
    }
};

Bell::Bell(Clock &clock, QObject *parent)
    : QObject(parent)
    , m_clock(clock)
{
}

Bell::~Bell()
{
    stopWaiting();
    if (!m_sound)
        return;
    std::unique_lock guard(m_sound->lock);
    m_sound->bell = nullptr;
    m_sound->isWanted = false;
    m_sound->changed.notify_all();
    const bool isOver =
        m_sound->changed.wait_for(guard, farewell, [this] { return m_sound->isOver; });
    guard.unlock();
    if (isOver)
        m_thread.join();
    else
        m_thread.detach();
}

void Bell::ring(const QString &event)
{
    m_event = event;
    stopWaiting();
    m_timer = m_clock.callLater(patience, this, [this] {
        m_timer = 0;
        Q_EMIT failed(tr("The sound server does not answer."));
    });
    if (!m_sound)
        return begin();
    const std::lock_guard guard(m_sound->lock);
    m_sound->isWanted = false;
    m_sound->changed.notify_all();
}

void Bell::begin()
{
    m_sound = std::make_shared<Sound>();
    m_sound->bell = this;
    const QByteArray event = std::exchange(m_event, {}).toUtf8();
    try {
        m_thread = std::thread(&Bell::play, m_sound, event, tr("Call about incidents").toUtf8());
    } catch (const std::system_error &error) {
        m_sound.reset();
        stopWaiting();
        Q_EMIT failed(QString::fromLocal8Bit(error.what()));
    }
}

// In the thread.
void Bell::play(const std::shared_ptr<Sound> &sound, const QByteArray &event,
                const QByteArray &description)
{
    Context context;
    Properties properties;
    int error = open(context);
    if (error == CA_SUCCESS)
        error = make(properties, {{CA_PROP_EVENT_ID, event.constData()},
                                  {CA_PROP_EVENT_DESCRIPTION, description.constData()},
                                  {CA_PROP_MEDIA_ROLE, "event"}});
    const auto isWanted = [&sound] {
        const std::lock_guard guard(sound->lock);
        return sound->isWanted;
    };
    if (error == CA_SUCCESS && isWanted()) {
        const auto onEnd = [](ca_context *, uint32_t, int how, void *of) {
            auto *ended = static_cast<Sound *>(of);
            const std::lock_guard guard(ended->lock);
            ended->end = how;
            ended->changed.notify_all();
        };
        error = ca_context_play_full(context.get(), 0, properties.get(), onEnd, sound.get());
        if (error == CA_SUCCESS) {
            std::unique_lock guard(sound->lock);
            sound->tell([](Bell &bell) { bell.onBegun(); });
            sound->changed.wait(guard, [&sound] { return sound->end || !sound->isWanted; });
            error = sound->end.value_or(CA_SUCCESS);
        }
    }
    context.reset(); // silences it, and calls nobody back any more
    const std::lock_guard guard(sound->lock);
    sound->isOver = true;
    sound->tell([error](Bell &bell) { bell.onOver(error); });
    sound->changed.notify_all();
}

void Bell::onBegun()
{
    if (!m_event.isEmpty())
        return; // it is not the one that is waited for
    stopWaiting();
    Q_EMIT sounded();
}

void Bell::onOver(int error)
{
    m_thread.join();
    m_sound.reset();
    if (!m_event.isEmpty())
        return begin();
    stopWaiting();
    if (error != CA_SUCCESS)
        Q_EMIT failed(QString::fromUtf8(ca_strerror(error)));
}

void Bell::stopWaiting()
{
    if (m_timer != 0)
        m_clock.cancel(std::exchange(m_timer, 0));
}

} // namespace Stampdeck
