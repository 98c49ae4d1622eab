// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench.h"

#include <QtCore/QSet>

/// The rules of templates, and of stamps that come and go: C61 to C66. They make a stamp beside the
/// scratch stamp, and Bench::restore() deletes it.
namespace Stampdeck::Internal {

namespace {

/// A value that \a parameter does not take, by its bounds or its choices; undefined where it takes
/// any of its type.
QJsonValue outOfRange(const TemplateParameter &parameter)
{
    if (!parameter.choices.isEmpty()) {
        if (parameter.type == ParameterType::String)
            return u"stampdeck-conformance-nothing"_s;
        if (parameter.type == ParameterType::Boolean)
            return QJsonValue(QJsonValue::Undefined);
        double most = 0;
        for (const QJsonValue &choice : parameter.choices)
            most = std::max(most, choice.toDouble());
        return most + 1;
    }
    if (parameter.max)
        return *parameter.max + 1;
    if (parameter.min && *parameter.min > 0)
        return *parameter.min - 1;
    return QJsonValue(QJsonValue::Undefined);
}

/// The words by which one of them at least a message shows what a parameter takes.
QStringList rangeWords(const TemplateParameter &parameter)
{
    QStringList words;
    for (const QJsonValue &choice : parameter.choices)
        words.append(wordOf(parameter, choice));
    for (const auto &bound : {parameter.min, parameter.max}) {
        if (bound)
            words << wordOf(parameter, *bound) << QString::number(*bound, 'f', 0);
    }
    return words;
}

void expectNotDrained(Bench &bench, const QString &stamp, const QString &why)
{
    const QString doing = u"the end of %1, which %2"_s.arg(stamp, why);
    const Error error = bench.expectKind(bench.perform(DeleteStamp{stamp}, bench.context()),
                                         {ErrorKind::Refused}, doing);
    QStringList codes;
    for (const Refusal &refusal : error.refusals)
        codes.append(refusal.code);
    bench.expect(codes.contains(u"not-drained"_s), doing + u": refused as "_s + codes.join(u' '),
                 u"the reason not-drained"_s);
    const StampPtr after = bench.look().stamp(stamp);
    bench.expect(after && after->lifecycle != Lifecycle::Deleting,
                 u"%1 is deleted all the same"_s.arg(stamp), u"the stamp as it was"_s);
}

} // namespace

void checkTemplates(Bench &bench)
{
    const AdapterPtr adapter = bench.make();
    bench.read(*adapter);
    if (!adapter->capabilities().testFlag(Capability::Create))
        bench.notApplicable(u"it has not the capability “create”"_s);
    const auto all = bench.take(bench.await(adapter->templates()), u"the templates"_s);
    if (all.isEmpty())
        bench.notApplicable(u"it has no template"_s);
    QSet<QString> names;
    for (const Template &one : all) {
        bench.expect(!names.contains(one.name), u"two templates “%1”"_s.arg(one.name),
                     u"each once"_s);
        names.insert(one.name);
        // The same check as for those that are read from a file or an answer.
        const auto read = templateFromJson(toJson(one));
        bench.expect(read.has_value(),
                     read ? QString()
                          : u"the template “%1”: %2 (%3)"_s.arg(one.name, read.error().message,
                                                                read.error().detail),
                     u"a name, parameters of a known type, each once, and defaults and choices "
                     "that keep their own bounds"_s);
    }
}

void checkParameterRange(Bench &bench)
{
    const Blueprint blueprint = bench.blueprint();
    for (const TemplateParameter &parameter : blueprint.from.parameters) {
        const QJsonValue value = outOfRange(parameter);
        if (value.isUndefined())
            continue;
        CreateStamp stamp = blueprint.stamp();
        stamp.parameters[parameter.name] = value;
        const QString doing =
            u"a stamp whose %1 is %2"_s.arg(parameter.name, wordOf(parameter, value));
        const Error error = bench.expectKind(bench.create(stamp), {ErrorKind::Invalid}, doing);
        const QStringList words = rangeWords(parameter);
        const bool says = std::any_of(words.begin(), words.end(), [&](const QString &word) {
            return error.message.contains(word);
        });
        bench.expect(error.message.contains(parameter.name) && says,
                     u"%1: “%2”"_s.arg(doing, error.message),
                     u"a message that names %1 and what it takes: %2"_s.arg(parameter.name,
                                                                            rangeOf(parameter)));
        bench.expect(!bench.look().stamp(stamp.stamp), doing + u" is refused and made"_s,
                     u"no stamp"_s);
        return;
    }
    bench.notApplicable(u"no parameter of %1 has a range"_s.arg(blueprint.from.name));
}

void checkCreate(Bench &bench)
{
    const CreateStamp made = bench.made();
    const StampPtr is = bench.look().stamp(made.stamp);
    bench.expect(is != nullptr, u"%1 is told no more"_s.arg(made.stamp), u"the new stamp"_s);
    bench.expect(is->region == made.region, u"%1 is in %2"_s.arg(made.stamp, is->region),
                 u"a stamp in "_s + made.region);
    for (const TenantPtr &tenant : bench.look().tenants())
        bench.expect(!tenant->placementOn(made.stamp),
                     u"tenant %1 is placed on it"_s.arg(tenant->id), u"an empty stamp"_s);
}

void checkNameOnce(Bench &bench)
{
    const CreateStamp again = bench.made();
    bench.expectKind(bench.create(again), {ErrorKind::Conflict},
                     u"a second stamp called "_s + again.stamp);
}

void checkNotDrained(Bench &bench)
{
    // The harmless one first: who deletes this does not get at the scratch stamp.
    expectNotDrained(bench, bench.made().stamp, u"may still take tenants"_s);
    const auto tenants = bench.look().tenants();
    const bool holds = std::any_of(tenants.begin(), tenants.end(), [&](const TenantPtr &tenant) {
        return tenant->placementOn(bench.scratch()) != nullptr;
    });
    if (!holds)
        return;
    bench.write(CordonStamp{bench.scratch()}, u"a cordon"_s);
    bench.awaitSeen([](const Stamp &is) { return is.lifecycle != Lifecycle::Active; },
                    u"a stamp that takes no tenants"_s);
    expectNotDrained(bench, bench.scratch(), u"is cordoned and holds tenants"_s);
}

void checkDelete(Bench &bench)
{
    const QString name = bench.made().stamp;
    bench.write(CordonStamp{name}, u"a cordon of the new stamp"_s);
    bench.awaitStamp(
        name, [](const StampPtr &is) { return is && is->lifecycle != Lifecycle::Active; },
        u"a stamp that takes no tenants"_s);
    const DeleteStamp gone{name};
    const WriteContext context = bench.context();
    const QString doing = u"the end of the new stamp"_s;
    bench.follow(gone, context, bench.take(bench.perform(gone, context, Bench::Follow::No), doing),
                 doing);
    bench.awaitStamp(
        name, [](const StampPtr &is) { return !is; }, u"no stamp "_s + name);
    bench.forgetMade();
}

} // namespace Stampdeck::Internal
