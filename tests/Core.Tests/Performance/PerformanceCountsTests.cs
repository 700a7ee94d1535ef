using Drift.Core.Codec;
using Drift.Core.Performance;
using Drift.Core.Plans;
using Drift.Core.Rows;
using Drift.Core.Settings;
using Drift.Core.Tests.Profiles;
using FsCheck;
using FsCheck.Fluent;

namespace Drift.Core.Tests.Performance;

public sealed class PerformanceCountsTests
{
    public static TheoryData<ModelTask> Tasks => [ModelTask.None, ModelTask.Binary, ModelTask.Multiclass, ModelTask.Regression];

    [Theory]
    [MemberData(nameof(Tasks))]
    public void Any_order_and_grouping_of_merges_gives_the_same_bytes(ModelTask task)
    {
        var plan = Samples.Plan(task);
        Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<int>(), (int seed) =>
        {
            // Every twelfth class name is new, so that larger batches pass the cap on classes.
            var random = new Random(seed);
            var batch = Samples.Batch(random, random.Next(5) == 0 ? 1000 : random.Next(100), task);
            var whole = new PerformanceCounts(task);
            whole.Add(batch, [.. Enumerable.Range(0, batch.Count)], plan);
            var merged = Samples.MergeAtRandom(
                random, batch.Count, () => new PerformanceCounts(task), (c, rows) => c.Add(batch, rows, plan), (a, b) => a.Merge(b));
            return Bytes(whole).SequenceEqual(Bytes(merged));
        }));
    }

    [Theory]
    [MemberData(nameof(Tasks))]
    public void Counts_come_back_as_they_were_written(ModelTask task)
    {
        var plan = Samples.Plan(task);
        for (var rows = 0; rows < 400; rows = (2 * rows) + 1)
        {
            var counts = Counts(Samples.Batch(new Random(rows), rows, task), plan);
            var bytes = Bytes(counts);
            var reader = new ByteReader(bytes, "counts");
            var read = PerformanceCounts.Read(ref reader, task);
            reader.End();
            Assert.Equal(bytes, Bytes(read));
            Assert.Equal(counts.Labelled, read.Labelled);
            Assert.Equal(
                System.Text.Json.JsonSerializer.Serialize(PerformanceReport.From(counts, "c1")),
                System.Text.Json.JsonSerializer.Serialize(PerformanceReport.From(read, "c1")));
        }
    }

    [Theory]
    [MemberData(nameof(Tasks))]
    public void Garbage_throws_only_codec_exceptions_and_what_decodes_has_sound_figures(ModelTask task)
    {
        var plan = Samples.Plan(task);
        var sound = Bytes(Counts(Samples.Batch(new Random(3), 15, task), plan));
        var random = new Random(4);
        for (var i = 0; i < 10_000; i++)
        {
            var bytes = Samples.Mutate(random, sound);
            if (i % 4 == 0)
            {
                bytes = new byte[random.Next(60)];
                random.NextBytes(bytes);
            }

            PerformanceCounts read;
            try
            {
                var reader = new ByteReader(bytes, "counts");
                read = PerformanceCounts.Read(ref reader, task);
            }
            catch (CodecException)
            {
                continue;
            }

            var other = Counts(Samples.Batch(random, 5, task), plan);
            other.Merge(read);
            Bytes(other);
            AssertSound(PerformanceReport.From(other, "c1"));
        }
    }

    [Theory]
    [MemberData(nameof(Tasks))]
    public void No_rows_and_one_row_have_no_figure_that_is_not_a_number(ModelTask task)
    {
        AssertSound(PerformanceReport.From(new PerformanceCounts(task), "c1"));
        AssertSound(PerformanceReport.From(new PerformanceCounts(task), null));
        var plan = Samples.Plan(task);
        for (var seed = 0; seed < 300; seed++)
            AssertSound(PerformanceReport.From(Counts(Samples.Batch(new Random(seed), 1, task), plan), "c1"));
    }

    [Fact]
    public void Beyond_a_hundred_classes_those_of_the_plan_and_then_the_first_by_name_are_kept()
    {
        var batch = new RowBatch();
        void Row(string predicted, string label)
        {
            var row = batch.AddRow();
            batch.Prediction.SetText(row, batch.Texts.Add(predicted));
            batch.Label.SetText(row, batch.Texts.Add(label));
        }

        Row("z known", "z known");
        var plan = PlanBuilder.Build(1, batch, new ModelSettings { Task = ModelTask.Multiclass });
        for (var i = 149; i >= 0; i--)
            Row($"class {i:000}", $"class {i:000}");
        Row(new string('a', 201), new string('a', 201));
        var report = PerformanceReport.From(Counts(batch, plan), null);
        Assert.Equal(152, report.Labelled);
        Assert.Equal(1, report.Accuracy);
        Assert.Equal([.. Enumerable.Range(0, 99).Select(i => $"class {i:000}"), "z known"], report.Classes.Select(c => c.Class));
        Assert.Equal(new ConfusionCell("(other)", "(other)", 52), report.Confusion[^1]);
        Assert.Equal(1, report.F1Macro);
    }

    [Fact]
    public void Counts_of_another_task_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new PerformanceCounts(ModelTask.Binary).Merge(new PerformanceCounts(ModelTask.Regression)));
        Assert.Throws<ArgumentException>(() => new PerformanceCounts(ModelTask.Binary).Add(new RowBatch(), [], Samples.Plan(ModelTask.Regression)));
    }

    internal static PerformanceCounts Counts(RowBatch batch, Plan plan)
    {
        var counts = new PerformanceCounts(plan.Task);
        counts.Add(batch, [.. Enumerable.Range(0, batch.Count)], plan);
        return counts;
    }

    private static void AssertSound(PerformanceReport report)
    {
        // JSON has no NaN and no infinity: the serializer throws on them.
        System.Text.Json.JsonSerializer.Serialize(report);
        Assert.All(
            (double?[])[
                report.Accuracy, report.Precision, report.Recall, report.F1, report.F1Macro, report.F1Weighted, report.RocAuc,
                report.EstimatedAccuracy, report.ExpectedCalibrationError],
            figure => Assert.True(figure is null or (>= 0 and <= 1.0000001), $"{figure}"));
    }

    private static byte[] Bytes(PerformanceCounts counts)
    {
        var writer = new ByteWriter();
        counts.Write(writer);
        return writer.ToArray();
    }
}
