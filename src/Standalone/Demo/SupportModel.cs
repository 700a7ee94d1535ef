using Drift.Core.Plans;
using Drift.Core.Settings;

namespace Drift.Standalone.Demo;

/// <summary>
/// Messages to be sorted by topic. The drift is in the language: messages in Japanese come in, which the model cannot read. It
/// guesses in its usual proportions, so its predictions look as ever while its accuracy falls; only the text gives it away.
/// </summary>
internal sealed class SupportModel(string name, int seed) : DemoModel(name, seed)
{
    private const double NewShare = 0.7;

    private static readonly string[] Openings =
        ["Hello", "Hi there", "Good morning", "Dear team", "Hello again", "Hi, José here", "This is Zoë from München", "Dear support", "Hey"];

    private static readonly string[] Words =
    [
        "the", "invoice", "is", "wrong", "again", "please", "check", "my", "account", "and", "tell", "me", "when", "it", "will", "be", "fixed",
        "because", "I", "cannot", "log", "in", "since", "yesterday", "parcel", "has", "not", "arrived", "refund", "for", "this", "month", "screen", "stays",
        "black", "after", "update",
    ];

    private static readonly string[] Japanese =
    [
        "請求書の金額が間違っています。", "荷物がまだ届きません。", "ログインできません。", "返金をお願いします。",
        "更新後に画面が黒いままです。", "至急ご確認ください。", "アカウントを停止してください。",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<string> DriftingColumns => ["message.length", "message.non_ascii", "message.tokens"];

    /// <inheritdoc/>
    public override string Describe(double drift) => $"{Percent(NewShare * drift)} of the messages are in Japanese, which the model cannot read";

    private protected override ModelSettings Describe() => new()
    {
        Task = ModelTask.Multiclass,
        Features = Types(("message", ColumnType.Text), ("channel", ColumnType.Categorical), ("priority", ColumnType.Categorical)),
    };

    private protected override void AddRow(double drift)
    {
        var isJapanese = Chance(NewShare * drift);
        Text("message", isJapanese ? JapaneseMessage() : EnglishMessage());
        Text("channel", Pick(("mail", 0.55), ("chat", 0.35), ("form", 0.1)));
        Text("priority", Pick(("normal", 0.7), ("low", 0.2), ("high", 0.1)));
        var label = Topic();
        Output(Sigmoid(2 + Normal()), !isJapanese && Chance(0.9) ? label : Topic(), label);
    }

    private string Topic() => Pick(("billing", 0.4), ("shipping", 0.3), ("technical", 0.2), ("other", 0.1));

    private string EnglishMessage() =>
        $"{Pick(Openings)}, {string.Join(' ', Enumerable.Range(0, Whole(6, 40)).Select(_ => Pick(Words)))}.";

    private string JapaneseMessage() => string.Concat(Enumerable.Range(0, Whole(1, 3)).Select(_ => Pick(Japanese)));
}
