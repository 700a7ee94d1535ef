using Drift.Actors;

namespace Drift.Api.Ingest;

/// <summary>
/// A bounded number of slots for work that keeps a processor busy, granted in turns: between the tenants that wait, and within a tenant
/// between its models. So however many requests of one model wait, the next one of another model is not behind them. Without a wait
/// entering allocates nothing. Thread-safe.
/// </summary>
internal sealed class FairSlots(int slots)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, TenantLine> _tenants = new(StringComparer.Ordinal);
    private readonly Queue<string> _tenantTurns = new();
    private int _free = slots;
    private int _waiting;

    /// <summary>Requests that wait now.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Waits for a slot; disposing what it gives frees the slot.</summary>
    public ValueTask<Slot> EnterAsync(ModelId model, CancellationToken cancellationToken)
    {
        Waiter waiter;
        lock (_gate)
        {
            if (_free > 0)
            {
                _free--;
                return ValueTask.FromResult(new Slot(this));
            }

            waiter = new Waiter();
            Enqueue(model, waiter);
        }

        return WaitAsync(waiter, cancellationToken);
    }

    private async ValueTask<Slot> WaitAsync(Waiter waiter, CancellationToken cancellationToken)
    {
        // Who leaves stays in its line and is passed over when its turn comes.
        using var registration = cancellationToken.UnsafeRegister(static (state, token) => ((Waiter)state!).TrySetCanceled(token), waiter);
        await waiter.Task;
        return new Slot(this);
    }

    private void Enqueue(ModelId model, Waiter waiter)
    {
        if (!_tenants.TryGetValue(model.Tenant, out var tenant))
        {
            _tenants.Add(model.Tenant, tenant = new TenantLine());
            _tenantTurns.Enqueue(model.Tenant);
        }

        if (!tenant.Models.TryGetValue(model.Name, out var line))
        {
            tenant.Models.Add(model.Name, line = new Queue<Waiter>());
            tenant.Turns.Enqueue(model.Name);
        }

        line.Enqueue(waiter);
        _waiting++;
    }

    private void Exit()
    {
        lock (_gate)
        {
            while (_tenantTurns.TryDequeue(out var tenantName))
            {
                var tenant = _tenants[tenantName];
                var modelName = tenant.Turns.Dequeue();
                var line = tenant.Models[modelName];
                var waiter = line.Dequeue();
                _waiting--;

                // Back to the end of the turns, or gone when nothing of it waits.
                if (line.Count > 0)
                    tenant.Turns.Enqueue(modelName);
                else
                    tenant.Models.Remove(modelName);
                if (tenant.Turns.Count > 0)
                    _tenantTurns.Enqueue(tenantName);
                else
                    _tenants.Remove(tenantName);
                if (waiter.TrySetResult())
                    return;
            }

            _free++;
        }
    }

    /// <summary>A slot that is held; to be disposed once.</summary>
    public readonly struct Slot(FairSlots slots) : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose() => slots.Exit();
    }

    private sealed class Waiter() : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class TenantLine
    {
        public Dictionary<string, Queue<Waiter>> Models { get; } = new(StringComparer.Ordinal);

        public Queue<string> Turns { get; } = new();
    }
}
