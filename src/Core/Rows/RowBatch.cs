using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Drift.Core.Rows;

/// <summary>
/// The rows of one request, column by column: what every row reader fills and the profiler bins. Columns appear when a row first
/// names them; a row that does not name a column is missing there. Reusable after <see cref="Clear"/>. Not thread-safe.
/// </summary>
public sealed class RowBatch
{
    // Up to twice so many columns are remembered, however few a batch has.
    private const int FewColumns = 8;

    private readonly ColumnSet _features = new();
    private readonly ColumnSet _segments = new();
    private readonly ColumnSet _classScores = new();
    private int[] _ids = new int[64];
    private long[] _times = new long[64];

    /// <summary>The distinct texts of the batch.</summary>
    public TextTable Texts { get; } = new();

    /// <summary>How many rows there are.</summary>
    public int Count { get; private set; }

    /// <summary>The input columns, in order of first appearance.</summary>
    public IReadOnlyList<Cells> Features => _features.Columns;

    /// <summary>The slicing columns that rows carry beside their features.</summary>
    public IReadOnlyList<Cells> Segments => _segments.Columns;

    /// <summary>Scores by class name, for rows that give one score per class.</summary>
    public IReadOnlyList<Cells> ClassScores => _classScores.Columns;

    /// <summary>The model's outputs: a class or a value.</summary>
    public Cells Prediction { get; } = new("prediction");

    /// <summary>The score of the positive class, or of the predicted class.</summary>
    public Cells Score { get; } = new("score");

    /// <summary>Ground truth, where it is known already.</summary>
    public Cells Label { get; } = new("label");

    /// <summary>How the rows were served.</summary>
    public ServingCells Serving { get; } = new();

    /// <summary>Starts a row and gives its index.</summary>
    public int AddRow()
    {
        if (Count == _ids.Length)
        {
            Array.Resize(ref _ids, 2 * Count);
            Array.Resize(ref _times, 2 * Count);
        }

        _ids[Count] = -1;
        _times[Count] = 0;
        return Count++;
    }

    /// <summary>The prediction id of a row as a text of <see cref="Texts"/>, −1 when it has none.</summary>
    public int Id(int row) => _ids[row];

    /// <summary>Sets the prediction id of a row.</summary>
    public void SetId(int row, int text) => _ids[row] = text;

    /// <summary>Event time of a row in UTC ticks (100 ns since year 1), 0 when the row carries none: then it is the time of arrival.</summary>
    public long Time(int row) => _times[row];

    /// <summary>Sets the event time of a row, UTC ticks.</summary>
    public void SetTime(int row, long ticks) => _times[row] = ticks;

    /// <summary>The feature column of that name, new or known.</summary>
    public Cells Feature(ReadOnlySpan<byte> utf8Name) => _features.GetOrAdd(utf8Name);

    /// <summary>The feature column of that name, new or known.</summary>
    public Cells Feature(string name) => _features.GetOrAdd(Encoding.UTF8.GetBytes(name));

    /// <summary>The segment column of that name, new or known.</summary>
    public Cells Segment(ReadOnlySpan<byte> utf8Name) => _segments.GetOrAdd(utf8Name);

    /// <summary>The segment column of that name, new or known.</summary>
    public Cells Segment(string name) => _segments.GetOrAdd(Encoding.UTF8.GetBytes(name));

    /// <summary>The score column of that class, new or known.</summary>
    public Cells ClassScore(ReadOnlySpan<byte> utf8Name) => _classScores.GetOrAdd(utf8Name);

    /// <summary>The score column of that class, new or known.</summary>
    public Cells ClassScore(string name) => _classScores.GetOrAdd(Encoding.UTF8.GetBytes(name));

    /// <summary>
    /// Whether a text begins with the name of the feature that is expected next and a quotation mark; then that is the column. Names that JSON
    /// writes with escapes are never found so.
    /// </summary>
    public bool TryNextFeature(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out Cells? cells) => _features.TryNext(utf8, out cells);

    /// <summary>
    /// Whether a text begins with the name of the feature that the batch before had next and a quotation mark; then that column is this
    /// batch's, too. For the first row, which no other came before.
    /// </summary>
    public bool TryFeatureAsBefore(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out Cells? cells) => _features.TryAsBefore(utf8, out cells);

    /// <summary>The feature column of that name, if a row has named it.</summary>
    public bool TryKnownFeature(ReadOnlySpan<byte> utf8Name, [NotNullWhen(true)] out Cells? cells) => _features.TryKnown(utf8Name, out cells);

    /// <summary>The segment column of that name, if a row has named it.</summary>
    public bool TryKnownSegment(ReadOnlySpan<byte> utf8Name, [NotNullWhen(true)] out Cells? cells) => _segments.TryKnown(utf8Name, out cells);

    /// <summary>The score column of that class, if a row has named it.</summary>
    public bool TryKnownClassScore(ReadOnlySpan<byte> utf8Name, [NotNullWhen(true)] out Cells? cells) => _classScores.TryKnown(utf8Name, out cells);

    /// <summary>Adds a row of another batch. Features and segments that it has nothing in are not named by it.</summary>
    /// <param name="from">The other batch; only read.</param>
    /// <param name="row">Its row.</param>
    public void AddRowOf(RowBatch from, int row)
    {
        ArgumentNullException.ThrowIfNull(from);
        var target = AddRow();
        _times[target] = from._times[row];
        if (from._ids[row] is var id and >= 0)
            _ids[target] = Texts.Add(from.Texts[id]);
        AddCellsOf(from, from._features, row, _features, target);
        AddCellsOf(from, from._segments, row, _segments, target);
        // All of them: they are summed up in the order in which they appeared, and a sum of doubles depends on it in its last bit.
        foreach (var cells in from._classScores.Columns)
            AddCellOf(from, cells, row, _classScores.GetOrAdd(cells.Utf8Name), target);
        AddCellOf(from, from.Prediction, row, Prediction, target);
        AddCellOf(from, from.Score, row, Score, target);
        AddCellOf(from, from.Label, row, Label, target);
        AddCellOf(from, from.Serving.Adapter, row, Serving.Adapter, target);
        AddCellOf(from, from.Serving.LatencyMs, row, Serving.LatencyMs, target);
        AddCellOf(from, from.Serving.PromptTokens, row, Serving.PromptTokens, target);
        AddCellOf(from, from.Serving.CompletionTokens, row, Serving.CompletionTokens, target);
        AddCellOf(from, from.Serving.Cache, row, Serving.Cache, target);
    }

    private void AddCellsOf(RowBatch from, ColumnSet theirs, int row, ColumnSet ours, int target)
    {
        foreach (var cells in theirs.Columns)
        {
            if (cells.Tag(row) != CellTag.Missing)
                AddCellOf(from, cells, row, ours.GetOrAdd(cells.Utf8Name), target);
        }
    }

    private void AddCellOf(RowBatch from, Cells source, int row, Cells into, int target)
    {
        switch (source.Tag(row))
        {
            case CellTag.Number:
                into.SetNumber(target, source.Number(row), source.Text(row) is var written and >= 0 ? Texts.Add(from.Texts[written]) : -1);
                break;
            case CellTag.Text:
                into.SetText(target, Texts.Add(from.Texts[source.Text(row)]));
                break;
            case CellTag.Boolean:
                into.SetBoolean(target, source.Number(row) != 0);
                break;
            case CellTag.Vector:
                into.SetVector(target, source.Vector(row));
                break;
            case CellTag.Invalid:
                into.SetInvalid(target);
                break;
        }
    }

    /// <summary>Takes the last row back. Columns that it named stay.</summary>
    public void RemoveLastRow()
    {
        Count--;
        foreach (var columns in (ReadOnlySpan<ColumnSet>)[_features, _segments, _classScores])
        {
            foreach (var cells in columns.Columns)
                cells.Unset(Count);
        }

        Prediction.Unset(Count);
        Score.Unset(Count);
        Label.Unset(Count);
        Serving.Unset(Count);
    }

    /// <summary>The feature column of that name, or null.</summary>
    public Cells? FindFeature(string name) => _features.Find(name);

    /// <summary>The feature column of that name, or null; tried first at <paramref name="place"/>, which is set behind where it was found.</summary>
    internal Cells? FindFeature(string name, ref int place) => _features.Find(name, ref place);

    /// <summary>The segment column of that name, or else the feature column of that name, or null: a feature can slice too.</summary>
    public Cells? FindSegment(string name) => _segments.Find(name) ?? _features.Find(name);

    /// <summary>The score column of that class, or null.</summary>
    public Cells? FindClassScore(string name) => _classScores.Find(name);

    /// <summary>Memory that <see cref="Clear"/> keeps, in bytes; a pool drops a batch that keeps too much.</summary>
    public long RetainedBytes =>
        Texts.RetainedBytes + (12L * _ids.Length) + _features.RetainedBytes + _segments.RetainedBytes + _classScores.RetainedBytes +
        Prediction.RetainedBytes + Score.RetainedBytes + Label.RetainedBytes + Serving.RetainedBytes;

    /// <summary>Memory that the rows take, in bytes; what is kept for others beside them is not counted.</summary>
    public long UsedBytes =>
        Texts.UsedBytes + (12L * Count) + _features.UsedBytes + _segments.UsedBytes + _classScores.UsedBytes
        + Prediction.UsedBytes + Score.UsedBytes + Label.UsedBytes + Serving.UsedBytes;

    /// <summary>The event times of all rows as <see cref="Time"/> gives them.</summary>
    internal ReadOnlySpan<long> Times => _times.AsSpan(0, Count);

    /// <summary>
    /// Forgets the rows and which columns they had, and keeps the memory: a batch like the last one is read without new memory.
    /// </summary>
    public void Clear()
    {
        Count = 0;
        Texts.Clear();
        _features.Clear();
        _segments.Clear();
        _classScores.Clear();
        Prediction.Clear();
        Score.Clear();
        Label.Clear();
        Serving.Clear();
    }

    /// <summary>
    /// Columns by name; rows tend to name them in the same order, so the next one is tried first. Columns of earlier batches are
    /// remembered with their memory, but are no columns of this one before a row names them.
    /// </summary>
    private sealed class ColumnSet
    {
        private readonly TextTable _names = new();
        private readonly List<Cells> _known = [];
        private readonly Stack<Cells> _spare = [];
        private readonly List<Cells> _before = [];
        private int _next;

        /// <summary>The columns that were named since <see cref="Clear"/>, in order of first appearance.</summary>
        public List<Cells> Columns { get; } = [];

        public long RetainedBytes
        {
            get
            {
                var bytes = _names.RetainedBytes;
                foreach (var column in _known)
                    bytes += column.RetainedBytes;
                foreach (var column in _spare)
                    bytes += column.RetainedBytes;
                return bytes;
            }
        }

        public long UsedBytes
        {
            get
            {
                var bytes = 0L;
                foreach (var column in Columns)
                    bytes += column.UsedBytes;
                return bytes;
            }
        }

        public Cells GetOrAdd(ReadOnlySpan<byte> utf8Name)
        {
            if (_next < Columns.Count && Columns[_next].Utf8Name.AsSpan().SequenceEqual(utf8Name))
            {
                var known = Columns[_next];
                _next = _next + 1 == Columns.Count ? 0 : _next + 1;
                return known;
            }

            var index = _names.Add(utf8Name);
            if (index == _known.Count)
                _known.Add(new Cells(Encoding.UTF8.GetString(utf8Name), _spare.TryPop(out var spare) ? spare : null));
            var column = _known[index];
            if (column.Place < 0)
            {
                column.Place = Columns.Count;
                Columns.Add(column);
            }

            _next = column.Place + 1 == Columns.Count ? 0 : column.Place + 1;
            return column;
        }

        public bool TryNext(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out Cells? cells)
        {
            cells = null;
            if (_next >= Columns.Count)
                return false;
            var expected = Columns[_next];
            if (!Begins(utf8, expected))
                return false;
            _next = _next + 1 == Columns.Count ? 0 : _next + 1;
            cells = expected;
            return true;
        }

        public bool TryAsBefore(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out Cells? cells)
        {
            cells = null;
            var place = Columns.Count;
            if (place >= _before.Count || _before[place] is not { Place: < 0 } expected || !Begins(utf8, expected))
                return false;
            expected.Place = place;
            Columns.Add(expected);
            cells = expected;
            return true;
        }

        private static bool Begins(ReadOnlySpan<byte> utf8, Cells column)
        {
            var name = column.Utf8Name;
            return column.IsPlainName && utf8.Length > name.Length && utf8[name.Length] == '"' && utf8.StartsWith(name);
        }

        public bool TryKnown(ReadOnlySpan<byte> utf8Name, [NotNullWhen(true)] out Cells? cells)
        {
            cells = null;
            if (_names.Find(utf8Name) is not (var index and >= 0) || _known[index].Place < 0)
                return false;
            cells = _known[index];
            _next = cells.Place + 1 == Columns.Count ? 0 : cells.Place + 1;
            return true;
        }

        public Cells? Find(string name)
        {
            foreach (var column in Columns)
            {
                if (column.Name == name)
                    return column;
            }

            return null;
        }

        public Cells? Find(string name, ref int place)
        {
            if ((uint)place < (uint)Columns.Count && Columns[place].Name == name)
                return Columns[place++];
            var found = Find(name);
            if (found is not null)
                place = found.Place + 1;
            return found;
        }

        // The next batch may be another model's. When most of what is known was not in this batch, it is forgotten, and its memory
        // serves new columns: of that, twice what this batch had is kept.
        public void Clear()
        {
            // Cleared before and not used since: what is known is as likely to come as it was.
            if (Columns.Count == 0)
                return;
            if (_known.Count > 2 * Math.Max(Columns.Count, FewColumns))
                ForgetUnused();
            foreach (var column in Columns)
            {
                column.Clear();
                column.Place = -1;
            }

            _before.Clear();
            _before.AddRange(Columns);
            Columns.Clear();
            _next = 0;
        }

        private void ForgetUnused()
        {
            var spares = 2 * Math.Max(Columns.Count, FewColumns);
            foreach (var column in _known)
            {
                if (column.Place < 0 && _spare.Count < spares)
                    _spare.Push(column);
            }

            while (_spare.Count > spares)
                _spare.Pop();
            _names.Clear();
            _known.Clear();
            foreach (var column in Columns)
            {
                _names.Add(column.Utf8Name);
                _known.Add(column);
            }
        }
    }
}
