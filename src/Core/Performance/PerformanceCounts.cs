using System.Buffers;
using System.Runtime.InteropServices;
using Drift.Core.Codec;
using Drift.Core.Plans;
using Drift.Core.Rows;
using Drift.Core.Settings;

namespace Drift.Core.Performance;

/// <summary>
/// Mergeable counts of predictions against labels; <see cref="PerformanceReport.From"/> makes figures of them. Everything is an
/// integer or an exact sum, so merging in any order or grouping gives the same bits and the same encoded bytes. Not thread-safe.
/// </summary>
/// <remarks>
/// <para>
/// A row counts as labelled when it has both a prediction and a label. Score-based figures need a score and a label, not a
/// prediction. A score that is no number in [0, 1] counts as <see cref="InvalidScores"/> and enters no figure.
/// </para>
/// <para>
/// Binary: <see cref="RowBatch.Score"/> is the probability of <see cref="Plan.Positive"/>; a row without it may give that class's
/// entry of <see cref="RowBatch.ClassScores"/> instead. Multiclass: <see cref="RowBatch.ClassScores"/> are the probabilities; a row
/// may give <see cref="RowBatch.Score"/> alone, as the confidence of its predicted class. Regression: prediction and label are
/// numbers. <see cref="ModelTask.None"/>: nothing is counted.
/// </para>
/// <para>
/// At most <see cref="MaxClasses"/> classes are kept by name: those that the plan names first, among equals the first by name
/// (ordinal). What is not kept counts as <see cref="OtherClass"/>. A class that is kept in the end was among the first of every
/// subset of the rows, so its counts are complete however the rows were split and merged.
/// </para>
/// </remarks>
public sealed class PerformanceCounts
{
    /// <summary>Classes kept by name.</summary>
    public const int MaxClasses = 100;

    /// <summary>Name of the classes beyond <see cref="MaxClasses"/>, and of class names above <see cref="MaxNameLength"/> characters.</summary>
    public const string OtherClass = "(other)";

    /// <summary>The longest class name that is kept, in UTF-16 code units.</summary>
    public const int MaxNameLength = 200;

    /// <summary>Equal-width bins of the expected calibration error.</summary>
    public const int CalibrationBins = 10;

    /// <summary>Regression: predictions and labels beyond ±this would make sums of squares overflow; they count as invalid.</summary>
    public const double MaxMagnitude = 1e140;

    // scikit-learn's eps="auto" for float64: the distance from 1 to the next double.
    private const double Epsilon = 2.220446049250313e-16;
    private const long MaxTally = 1L << 56;
    private const string What = "performance counts";

    // No row's log loss is above −ln ε + ln(number of scores); a row's squared errors are held to it.
    private const int MaxLogLoss = 64;
    private const int MaxBrier = 64;

    private const int MostSpare = 16;

    // Class 0 is the other class; the rest are in order of appearance and get their final order when they are encoded.
    private readonly List<ClassEntry> _classes = [new ClassEntry(OtherClass, false)];
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<(int Predicted, int Label), long> _confusion = [];
    private readonly CalibrationBin[] _calibration;
    private readonly ExactSum[] _sums;
    private ScoreHistogram? _histogram;

    // Of counts that are cleared and filled again: cleared histograms, up to 25 KiB each.
    private Stack<ScoreHistogram>? _spare;
    private Int128 _logLoss;
    private Int128 _brier;

    /// <summary>Creates empty counts.</summary>
    public PerformanceCounts(ModelTask task)
    {
        Task = task;
        _calibration = task is ModelTask.Binary or ModelTask.Multiclass ? new CalibrationBin[CalibrationBins] : [];
        _sums = task == ModelTask.Regression ? [.. Enumerable.Range(0, 6).Select(_ => new ExactSum())] : [];
    }

    /// <summary>The task.</summary>
    public ModelTask Task { get; }

    /// <summary>Rows with a prediction and a label.</summary>
    public long Labelled { get; private set; }

    /// <summary>Labelled rows whose prediction equals the label; counted before classes fall into <see cref="OtherClass"/>. Classification only.</summary>
    public long Correct { get; private set; }

    /// <summary>Rows with a label and the scores that log loss and Brier score need.</summary>
    public long Scored { get; private set; }

    /// <summary>Rows whose score is not a number in [0, 1]; a label that comes late does not count its row again.</summary>
    public long InvalidScores { get; private set; }

    /// <summary>Regression: rows with prediction and label of which one is not a finite number within ±<see cref="MaxMagnitude"/>; they are not in <see cref="Labelled"/>.</summary>
    public long InvalidValues { get; private set; }

    /// <summary>What the scores alone say about the accuracy.</summary>
    public ConfidenceEstimate Confidence { get; } = new();

    /// <summary>Sum over rows of −ln of the score of the label's class, and of the squared errors of the scores.</summary>
    internal (Int128 LogLoss, Int128 Brier) ScoreSums => (_logLoss, _brier);

    /// <summary>Binary: the histogram of the positive class's scores.</summary>
    internal ScoreHistogram? Histogram => _histogram;

    internal ReadOnlySpan<CalibrationBin> Calibration => _calibration;

    internal ExactSum Errors => _sums[0];

    internal ExactSum AbsoluteErrors => _sums[1];

    internal ExactSum SquaredErrors => _sums[2];

    internal ExactSum RelativeErrors => _sums[3];

    internal ExactSum Labels => _sums[4];

    internal ExactSum SquaredLabels => _sums[5];

    /// <summary>Adds rows.</summary>
    /// <param name="batch">The rows' batch.</param>
    /// <param name="rows">Which of its rows.</param>
    /// <param name="plan">The plan of the model; its task must be <see cref="Task"/>.</param>
    public void Add(RowBatch batch, ReadOnlySpan<int> rows, Plan plan) => Add(batch, rows, plan, late: false);

    /// <summary>
    /// Adds rows that were added before without their label: everything that needs the label is counted, what does not
    /// (<see cref="Confidence"/>, <see cref="InvalidScores"/>) is not counted again.
    /// </summary>
    public void AddLate(RowBatch batch, ReadOnlySpan<int> rows, Plan plan) => Add(batch, rows, plan, late: true);

    /// <summary>Adds the counts of another part of the same model's rows.</summary>
    /// <exception cref="ArgumentException">The other counts are of another task.</exception>
    public void Merge(PerformanceCounts other)
    {
        if (other.Task != Task)
            throw new ArgumentException($"Counts of a {other.Task} task cannot merge into those of a {Task} task.", nameof(other));
        Labelled += other.Labelled;
        Correct += other.Correct;
        Scored += other.Scored;
        InvalidScores += other.InvalidScores;
        InvalidValues += other.InvalidValues;
        Confidence.Merge(other.Confidence);
        _logLoss += other._logLoss;
        _brier += other._brier;
        for (var i = 0; i < _calibration.Length; i++)
            _calibration[i].Merge(other._calibration[i]);
        for (var i = 0; i < _sums.Length; i++)
            _sums[i].Merge(other._sums[i]);
        if (other._histogram is not null)
            (_histogram ??= new ScoreHistogram()).Merge(other._histogram);
        if (other._classes.Count == 1 && other._confusion.Count == 0)
            return;

        Span<int> ids = stackalloc int[other._classes.Count];
        for (var i = 1; i < ids.Length; i++)
        {
            var entry = other._classes[i];
            ids[i] = Intern(entry.Name, entry.Known);
            if (entry.Histogram is not null)
                HistogramOf(ids[i]).Merge(entry.Histogram);
        }

        foreach (var ((predicted, label), count) in other._confusion)
            Count(ids[predicted], ids[label], count);
        Trim();
    }

    /// <summary>Forgets the counts and keeps the memory of histograms.</summary>
    public void Clear()
    {
        Labelled = Correct = Scored = InvalidScores = InvalidValues = 0;
        _logLoss = _brier = 0;
        _histogram?.Clear();
        for (var i = 1; i < _classes.Count; i++)
            Keep(_classes[i].Histogram);
        _classes.RemoveRange(1, _classes.Count - 1);
        _ids.Clear();
        _confusion.Clear();
        Confidence.Clear();
        Array.Clear(_calibration);
        foreach (var sum in _sums)
            sum.Clear();
    }

    /// <summary>Encodes the counts, without frame; the same counts always give the same bytes.</summary>
    public void Write(ByteWriter writer)
    {
        if (Task == ModelTask.Regression)
            WriteValues(writer);
        else if (Task != ModelTask.None)
            WriteClasses(writer);
    }

    /// <summary>Decodes counts that <see cref="Write"/> wrote.</summary>
    /// <exception cref="CodecException">The bytes are damaged.</exception>
    public static PerformanceCounts Read(ref ByteReader reader, ModelTask task)
    {
        var counts = new PerformanceCounts(task);
        if (task == ModelTask.Regression)
            counts.ReadValues(ref reader);
        else if (task != ModelTask.None)
            counts.ReadClasses(ref reader);
        return counts;
    }

    /// <summary>The classes that were predicted or labelled, <see cref="OtherClass"/> left out, by name, each with its histogram (multiclass).</summary>
    internal IEnumerable<(string Name, ScoreHistogram? Histogram)> Classes() =>
        _classes.Skip(1).OrderBy(c => c.Name, StringComparer.Ordinal).Select(c => (c.Name, c.Histogram));

    /// <summary>The rows by predicted and labelled class, by name; <see cref="OtherClass"/> last.</summary>
    internal IEnumerable<(string Predicted, string Label, long Count)> Confusion()
    {
        var ranks = Ranks();
        return _confusion
            .OrderBy(c => Last(ranks[c.Key.Predicted])).ThenBy(c => Last(ranks[c.Key.Label]))
            .Select(c => (_classes[c.Key.Predicted].Name, _classes[c.Key.Label].Name, c.Value));

        static int Last(int rank) => rank == 0 ? int.MaxValue : rank;
    }

    /// <summary>Reads a count of rows: at most 2⁵⁶, so that counts of several decoded parts add without overflow.</summary>
    internal static long ReadTally(ref ByteReader reader, string what)
    {
        var count = reader.ReadCount();
        CheckTally(count, what);
        return count;
    }

    internal static void CheckTally(long count, string what)
    {
        if (count > MaxTally)
            throw new CodecException($"{what}: {count} rows are more than can be.");
    }

    private void Add(RowBatch batch, ReadOnlySpan<int> rows, Plan plan, bool late)
    {
        if (plan.Task != Task)
            throw new ArgumentException($"The plan is of a {plan.Task} task, these counts are of a {Task} task.", nameof(plan));
        if (Task == ModelTask.Regression)
        {
            foreach (var row in rows)
                AddValues(batch, row);
        }
        else if (Task != ModelTask.None)
        {
            var names = new BatchClasses(this, batch, plan);
            try
            {
                foreach (var row in rows)
                    AddClasses(batch, row, ref names, late);
            }
            finally
            {
                names.Return();
            }

            Trim();
        }
    }

    private void AddValues(RowBatch batch, int row)
    {
        if (batch.Prediction.Tag(row) == CellTag.Missing || batch.Label.Tag(row) == CellTag.Missing)
            return;
        if (!Measures.TryMeasure(batch.Prediction, row, batch.Texts, Measure.Value, out var prediction)
            || !Measures.TryMeasure(batch.Label, row, batch.Texts, Measure.Value, out var label)
            || !(Math.Abs(prediction) <= MaxMagnitude && Math.Abs(label) <= MaxMagnitude))
        {
            InvalidValues++;
            return;
        }

        Labelled++;
        var error = prediction - label;
        Errors.Add(error);
        AbsoluteErrors.Add(Math.Abs(error));
        SquaredErrors.Add(error * error);
        RelativeErrors.Add(Math.Abs(error) / Math.Max(Math.Abs(label), Epsilon));
        Labels.Add(label);
        // The square of a label in two doubles without rounding: R² takes the difference of nearly equal sums of these.
        var square = label * label;
        SquaredLabels.Add(square);
        SquaredLabels.Add(Math.FusedMultiplyAdd(label, label, -square));
    }

    private void AddClasses(RowBatch batch, int row, ref BatchClasses names, bool late)
    {
        var predicted = names.Of(batch.Prediction, row);
        var label = names.Of(batch.Label, row);
        if (predicted >= 0 && label >= 0)
        {
            Labelled++;
            if (predicted == label)
                Correct++;
            Count(names.Id(predicted), names.Id(label), 1);
        }

        var valid = Task == ModelTask.Binary
            ? AddScore(batch, row, ref names, predicted, label, late)
            : AddClassScores(batch, row, ref names, predicted, label, late);
        if (!valid && !late)
            InvalidScores++;
    }

    /// <summary>Counts a binary row's score; false when it has one that is no probability.</summary>
    private bool AddScore(RowBatch batch, int row, ref BatchClasses names, int predicted, int label, bool late)
    {
        var cells = batch.Score.Tag(row) != CellTag.Missing ? batch.Score : names.PositiveScore;
        if (cells is null || cells.Tag(row) == CellTag.Missing || names.Positive is null)
            return true;
        if (!TryProbability(cells, row, out var score))
            return false;
        if (predicted >= 0 && !late)
            Confidence.Add(names.IsPositive(predicted) ? score : 1 - score);
        if (label < 0)
            return true;

        var positive = names.IsPositive(label);
        Scored++;
        (_histogram ??= new ScoreHistogram()).Add(score, positive);
        _calibration[CalibrationBinOf(score)].Add(score, positive);
        var clipped = Math.Clamp(score, Epsilon, 1 - Epsilon);
        _logLoss += FixedPoint.Of(-Math.Log(positive ? clipped : 1 - clipped));
        var error = positive ? 1 - score : score;
        _brier += FixedPoint.Of(error * error);
        return true;
    }

    /// <summary>Counts a multiclass row's scores; false when one of them is no probability.</summary>
    private bool AddClassScores(RowBatch batch, int row, ref BatchClasses names, int predicted, int label, bool late)
    {
        double total = 0, squares = 0, predictedScore = -1, labelScore = -1;
        var given = 0;
        for (var i = 0; i < batch.ClassScores.Count; i++)
        {
            var cells = batch.ClassScores[i];
            if (cells.Tag(row) == CellTag.Missing)
                continue;
            if (!TryProbability(cells, row, out var score))
                return false;
            given++;
            total += Math.Clamp(score, Epsilon, 1 - Epsilon);
            squares += score * score;
            if (predicted >= 0 && names.ScoreColumn(predicted) == i)
                predictedScore = score;
            if (label >= 0 && names.ScoreColumn(label) == i)
                labelScore = score;
        }

        if (predictedScore < 0 && batch.Score.Tag(row) != CellTag.Missing && !TryProbability(batch.Score, row, out predictedScore))
            return false;
        if (predicted >= 0 && predictedScore >= 0)
        {
            if (!late)
                Confidence.Add(predictedScore);
            if (label >= 0)
                _calibration[CalibrationBinOf(predictedScore)].Add(predictedScore, predicted == label);
        }

        if (label < 0 || given == 0)
            return true;
        for (var i = 0; i < batch.ClassScores.Count; i++)
        {
            var cells = batch.ClassScores[i];
            if (cells.Tag(row) != CellTag.Missing && names.IdOfScore(i) is > 0 and var id)
                HistogramOf(id).Add(cells.Number(row), names.ScoreColumn(label) == i);
        }

        if (labelScore < 0)
            return true;
        Scored++;
        _logLoss += FixedPoint.Of(Math.Max(0, -Math.Log(Math.Clamp(labelScore, Epsilon, 1 - Epsilon) / total)));
        // Σ(pₖ − yₖ)² with y = 1 for the label's class alone; at most the number of scores, held to 64.
        _brier += FixedPoint.Of(Math.Clamp(squares - (2 * labelScore) + 1, 0, MaxBrier));
        return true;
    }

    private static int CalibrationBinOf(double score) => Math.Min(CalibrationBins - 1, (int)(score * CalibrationBins));

    private static bool TryProbability(Cells cells, int row, out double score)
    {
        score = cells.Tag(row) is CellTag.Number or CellTag.Boolean ? cells.Number(row) : double.NaN;
        return score is >= 0 and <= 1;
    }

    private ScoreHistogram HistogramOf(int id) => _classes[id].Histogram ??= _spare is { Count: > 0 } ? _spare.Pop() : new ScoreHistogram();

    private void Keep(ScoreHistogram? histogram)
    {
        if (histogram is null || _spare?.Count >= MostSpare)
            return;
        histogram.Clear();
        (_spare ??= []).Push(histogram);
    }

    private void Count(int predicted, int label, long count) =>
        CollectionsMarshal.GetValueRefOrAddDefault(_confusion, (predicted, label), out _) += count;

    private int Intern(string name, bool known)
    {
        if (name == OtherClass || name.Length > MaxNameLength)
            return 0;
        ref var id = ref CollectionsMarshal.GetValueRefOrAddDefault(_ids, name, out var found);
        if (!found)
        {
            id = _classes.Count;
            _classes.Add(new ClassEntry(name, known));
        }

        return id;
    }

    private void Trim()
    {
        if (_classes.Count - 1 <= MaxClasses)
            return;
        var kept = _classes.Skip(1).OrderByDescending(c => c.Known).ThenBy(c => c.Name, StringComparer.Ordinal).Take(MaxClasses).ToArray();
        var before = _classes.ToArray();
        var confusion = _confusion.ToArray();
        _classes.RemoveRange(1, _classes.Count - 1);
        _ids.Clear();
        _confusion.Clear();
        foreach (var entry in kept)
        {
            _ids.Add(entry.Name, _classes.Count);
            _classes.Add(entry);
        }

        foreach (var ((predicted, label), count) in confusion)
            Count(_ids.GetValueOrDefault(before[predicted].Name), _ids.GetValueOrDefault(before[label].Name), count);
    }

    /// <summary>Place of each class in the order by name, from 1; 0 for the other class.</summary>
    private int[] Ranks()
    {
        var ranks = new int[_classes.Count];
        var rank = 0;
        foreach (var id in Enumerable.Range(1, _classes.Count - 1).OrderBy(id => _classes[id].Name, StringComparer.Ordinal))
            ranks[id] = ++rank;
        return ranks;
    }

    private void WriteValues(ByteWriter writer)
    {
        writer.WriteCount(Labelled);
        writer.WriteCount(InvalidValues);
        if (Labelled == 0)
            return;
        foreach (var sum in _sums)
            sum.Write(writer);
    }

    private void ReadValues(ref ByteReader reader)
    {
        Labelled = ReadTally(ref reader, What);
        InvalidValues = ReadTally(ref reader, What);
        for (var i = 0; i < _sums.Length && Labelled > 0; i++)
            _sums[i] = ExactSum.Read(ref reader, What);
    }

    private void WriteClasses(ByteWriter writer)
    {
        var ranks = Ranks();
        var ordered = _classes.Skip(1).OrderBy(c => c.Name, StringComparer.Ordinal).ToArray();
        writer.WriteVarint((ulong)ordered.Length);
        foreach (var entry in ordered)
        {
            writer.WriteString(entry.Name);
            writer.WriteByte(entry.Known ? (byte)1 : (byte)0);
            if (Task == ModelTask.Multiclass)
                WriteHistogram(writer, entry.Histogram);
        }

        writer.WriteVarint((ulong)_confusion.Count);
        foreach (var (predicted, label, count) in _confusion.Select(c => (ranks[c.Key.Predicted], ranks[c.Key.Label], c.Value)).Order())
        {
            writer.WriteVarint((ulong)predicted);
            writer.WriteVarint((ulong)label);
            writer.WriteCount(count);
        }

        writer.WriteCount(Correct);
        writer.WriteCount(InvalidScores);
        writer.WriteCount(Scored);
        if (Scored > 0)
        {
            writer.WriteInt128(_logLoss);
            writer.WriteInt128(_brier);
        }

        var filled = 0;
        foreach (ref var bin in _calibration.AsSpan())
            filled += bin.Rows > 0 ? 1 : 0;
        writer.WriteVarint((ulong)filled);
        for (var i = 0; i < CalibrationBins; i++)
        {
            if (_calibration[i].Rows == 0)
                continue;
            writer.WriteByte((byte)i);
            _calibration[i].Write(writer);
        }

        Confidence.Write(writer);
        if (Task == ModelTask.Binary)
            WriteHistogram(writer, _histogram);
    }

    private void ReadClasses(ref ByteReader reader)
    {
        var last = "";
        for (var left = reader.ReadLength(2); left > 0; left--)
        {
            var name = reader.ReadString();
            var known = reader.ReadInt(1) == 1;
            if (_classes.Count > MaxClasses || name == OtherClass || name.Length > MaxNameLength
                || (_classes.Count > 1 && string.CompareOrdinal(last, name) >= 0))
            {
                throw new CodecException($"{What}: class {_classes.Count} is too many, too long or not in its place.");
            }

            var id = Intern(last = name, known);
            if (Task == ModelTask.Multiclass)
                _classes[id].Histogram = ScoreHistogram.Read(ref reader, What);
        }

        for (var left = reader.ReadLength(3); left > 0; left--)
        {
            var cell = (reader.ReadInt(_classes.Count - 1), reader.ReadInt(_classes.Count - 1));
            var count = ReadTally(ref reader, What);
            if (count == 0 || !_confusion.TryAdd(cell, count))
                throw new CodecException($"{What}: the confusion of classes {cell} is empty or given twice.");
            Labelled += count;
            CheckTally(Labelled, What);
        }

        Correct = ReadTally(ref reader, What);
        if (Correct > Labelled)
            throw new CodecException($"{What}: {Correct} predictions are right of {Labelled} labelled.");
        InvalidScores = ReadTally(ref reader, What);
        Scored = ReadTally(ref reader, What);
        if (Scored > 0)
        {
            _logLoss = FixedPoint.Read(ref reader, Scored, MaxLogLoss, What);
            _brier = FixedPoint.Read(ref reader, Scored, MaxBrier, What);
        }

        for (var left = reader.ReadLength(4); left > 0; left--)
        {
            var bin = reader.ReadInt(CalibrationBins - 1);
            if (_calibration[bin].Rows > 0)
                throw new CodecException($"{What}: calibration bin {bin} is given twice.");
            _calibration[bin].Read(ref reader, What);
        }

        Confidence.Read(ref reader, What);
        if (Task == ModelTask.Binary)
            _histogram = ScoreHistogram.Read(ref reader, What);
    }

    private static void WriteHistogram(ByteWriter writer, ScoreHistogram? histogram)
    {
        if (histogram is null)
            writer.WriteVarint(0);
        else
            histogram.Write(writer);
    }

    /// <summary>Rows whose confidence is in one of ten equal parts of [0, 1].</summary>
    internal struct CalibrationBin
    {
        private Int128 _confidence;

        public long Rows { get; private set; }

        /// <summary>Rows that are of the positive class (binary) or predicted right (multiclass).</summary>
        public long Right { get; private set; }

        public readonly double MeanConfidence => FixedPoint.Mean(_confidence, Rows);

        public void Add(double confidence, bool right)
        {
            Rows++;
            Right += right ? 1 : 0;
            _confidence += FixedPoint.Of(confidence);
        }

        public void Merge(CalibrationBin other)
        {
            Rows += other.Rows;
            Right += other.Right;
            _confidence += other._confidence;
        }

        public readonly void Write(ByteWriter writer)
        {
            writer.WriteCount(Rows);
            writer.WriteCount(Right);
            writer.WriteInt128(_confidence);
        }

        public void Read(ref ByteReader reader, string what)
        {
            Rows = ReadTally(ref reader, what);
            Right = reader.ReadCount();
            if (Rows == 0 || Right > Rows)
                throw new CodecException($"{what}: a calibration bin has {Right} right of {Rows} rows.");
            _confidence = FixedPoint.Read(ref reader, Rows, 1, what);
        }
    }

    private sealed class ClassEntry(string name, bool known)
    {
        public string Name => name;

        /// <summary>Whether the plan names it.</summary>
        public bool Known => known;

        /// <summary>Multiclass: scores of the class, one against the rest.</summary>
        public ScoreHistogram? Histogram { get; set; }
    }

    /// <summary>
    /// The class names of one batch: a name is made once per distinct text or number, not once per row, and becomes a class only
    /// when something is counted for it.
    /// </summary>
    private struct BatchClasses
    {
        // Remembered numbers; beyond (a regression's labels under a wrong task) names are made per row.
        private const int MaxNumbers = 1024;

        private readonly PerformanceCounts _counts;
        private readonly RowBatch _batch;
        private readonly Plan _plan;
        private readonly int[] _byText;
        private readonly Dictionary<string, int> _byName = new(StringComparer.Ordinal);
        private readonly List<BatchClass> _classes = [];
        private Dictionary<double, int>? _byNumber;
        private int[]? _scoreIds;

        public BatchClasses(PerformanceCounts counts, RowBatch batch, Plan plan)
        {
            _counts = counts;
            _batch = batch;
            _plan = plan;
            Positive = counts.Task == ModelTask.Binary ? plan.Positive : null;
            PositiveScore = Positive is null ? null : batch.FindClassScore(Positive);
            // Two places a text: what is written the same may be a text in one format's cell and a number in another's.
            _byText = ArrayPool<int>.Shared.Rent(Math.Max(1, 2 * batch.Texts.Count));
            _byText.AsSpan(0, 2 * batch.Texts.Count).Fill(-1);
        }

        public string? Positive { get; }

        public Cells? PositiveScore { get; }

        public readonly bool IsPositive(int name) => _classes[name].Positive;

        /// <summary>Index of the class score column of a name, −1 without.</summary>
        public readonly int ScoreColumn(int name) => _classes[name].ScoreColumn;

        /// <summary>The name in a cell as a number of this batch, −1 when the cell names no class.</summary>
        public int Of(Cells cells, int row)
        {
            switch (cells.Tag(row))
            {
                case CellTag.Boolean:
                    return OfName(cells.Number(row) != 0 ? "true" : "false");
                case CellTag.Number when !double.IsFinite(cells.Number(row)):
                    return -1;
                case CellTag.Number when cells.Text(row) < 0:
                    _byNumber ??= [];
                    if (_byNumber.TryGetValue(cells.Number(row), out var known))
                        return known;
                    var name = OfName(cells.Category(row, _batch.Texts)!);
                    if (_byNumber.Count < MaxNumbers)
                        _byNumber.Add(cells.Number(row), name);
                    return name;
                case CellTag.Number or CellTag.Text:
                    ref var ofText = ref _byText[(2 * cells.Text(row)) + (cells.Tag(row) == CellTag.Number ? 1 : 0)];
                    if (ofText < 0)
                        ofText = OfName(cells.Category(row, _batch.Texts)!);
                    return ofText;
                default:
                    return -1;
            }
        }

        /// <summary>The class of a name of this batch.</summary>
        public readonly int Id(int name)
        {
            ref var entry = ref CollectionsMarshal.AsSpan(_classes)[name];
            if (entry.Id < 0)
                entry.Id = Intern(entry.Name);
            return entry.Id;
        }

        /// <summary>The class of a class score column.</summary>
        public int IdOfScore(int column)
        {
            if (_scoreIds is null)
            {
                _scoreIds = new int[_batch.ClassScores.Count];
                Array.Fill(_scoreIds, -1);
            }

            if (_scoreIds[column] < 0)
                _scoreIds[column] = Intern(_batch.ClassScores[column].Name);
            return _scoreIds[column];
        }

        public readonly void Return() => ArrayPool<int>.Shared.Return(_byText);

        private readonly int OfName(string name)
        {
            ref var index = ref CollectionsMarshal.GetValueRefOrAddDefault(_byName, name, out var found);
            if (found)
                return index;
            index = _classes.Count;
            var column = -1;
            for (var i = 0; i < _batch.ClassScores.Count && column < 0; i++)
                column = _batch.ClassScores[i].Name == name ? i : -1;
            _classes.Add(new BatchClass { Name = name, Id = -1, ScoreColumn = column, Positive = name == Positive });
            return index;
        }

        private readonly int Intern(string name)
        {
            var known = name == _plan.Positive;
            foreach (var column in _plan.Columns)
            {
                known |= column.Role == ColumnRole.Score
                    ? column.Source == name
                    : column is CategoricalColumnPlan { Role: ColumnRole.Prediction or ColumnRole.Label } names && names.CodeOf(name) < names.Other;
            }

            return _counts.Intern(name, known);
        }

        private struct BatchClass
        {
            public string Name;
            public int Id;
            public int ScoreColumn;
            public bool Positive;
        }
    }
}
