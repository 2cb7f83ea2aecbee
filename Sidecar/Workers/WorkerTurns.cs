namespace Snakepit.Sidecar.Workers;

/// <summary>
/// Gives calls their turn at a worker, first come, first served. Whenever the lock is free, no call waits that one of
/// the workers has room for: whatever makes room serves those who wait, and so nobody who comes later overtakes them.
/// </summary>
internal sealed class WorkerTurns(WorkerPoolOptions options, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly List<PoolWorker> _workers = [];
    private readonly SortedSet<Waiter> _forAny = [];
    private readonly SessionAffinity _affinity = new(options.MaxRememberedSessions, options.RememberedFor, time);
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _arrivals;
    private long _given;
    private int _waiting;
    private int _inFlight;
    private bool _draining;

    private bool IsStrict => options.Affinity != WorkerAffinity.Hint;

    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _waiting;
            }
        }
    }

    /// <summary>A worker for a call, at once or after a wait.</summary>
    /// <param name="session">The call's session; empty = any worker will do.</param>
    /// <param name="timeLeft">Until the call's deadline.</param>
    /// <param name="cancellation">Who no longer waits is no longer in the queue.</param>
    /// <exception cref="Protocol.Rpc.RpcException">One of <see cref="PoolRefusals"/>.</exception>
    public Task<Turn> TakeAsync(string session, TimeSpan timeLeft, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            return Task.FromCanceled<Turn>(cancellation);
        }

        Waiter waiter;
        lock (_gate)
        {
            waiter = new Waiter(_arrivals++, session);
            if (_draining)
            {
                waiter.SendAway(PoolRefusals.Stopping(options.Id));
            }
            else if (!TryPlace(waiter) && _waiting > options.MaxWaitingCalls)
            {
                SendAway(waiter, PoolRefusals.Full(options.Id, options.MaxWaitingCalls));
            }
        }

        return waiter.Result.IsCompleted ? waiter.Result : WaitAsync(waiter, timeLeft, cancellation);
    }

    /// <summary>To be read before the worker is asked whether it answers.</summary>
    public int DoubtsOf(PoolWorker worker)
    {
        lock (_gate)
        {
            return worker.Doubts;
        }
    }

    /// <summary>The worker takes calls from now on, or again. No effect once it was removed, or where a doubt is newer.</summary>
    /// <param name="worker">It has answered.</param>
    /// <param name="doubts">Those there were when it was asked.</param>
    public void Serve(PoolWorker worker, int doubts = 0)
    {
        lock (_gate)
        {
            if (worker.IsLost || worker.Doubts != doubts)
            {
                return;
            }

            if (!_workers.Contains(worker))
            {
                _workers.Add(worker);
            }

            worker.TakesCalls = true;
            CallNext(worker);
        }
    }

    /// <summary>There is a doubt whether it answers: its sessions wait for it, nobody is sent there.</summary>
    public void Suspend(PoolWorker worker)
    {
        lock (_gate)
        {
            worker.Doubts++;
            worker.TakesCalls = false;
        }
    }

    /// <summary>It has ended, or will: those who wait for it and no other are refused.</summary>
    public void Remove(PoolWorker worker)
    {
        lock (_gate)
        {
            _workers.Remove(worker);
            worker.TakesCalls = false;
            worker.IsLost = true;
            while (worker.Waiters.Min is { } waiter)
            {
                // Its session is told by this.
                _affinity.Forget(waiter.Session);
                SendAway(waiter, PoolRefusals.WorkerLost(worker.Name, waiter.Session));
            }
        }
    }

    /// <summary>From <see cref="Turn"/>.</summary>
    public void Release(PoolWorker worker, string session)
    {
        lock (_gate)
        {
            worker.InFlight--;
            _inFlight--;

            // A long call is use of the session, too.
            if (session.Length > 0 && !worker.IsLost && _affinity.TryFind(session, out var last) && last == worker)
            {
                _affinity.Remember(session, worker);
            }

            CallNext(worker);
            EndIfIdle();
        }
    }

    /// <summary>No new calls; those who wait are refused. Completes when no call has a turn any more.</summary>
    public Task DrainAsync()
    {
        lock (_gate)
        {
            _draining = true;
            foreach (var waiter in _workers.SelectMany(worker => worker.Waiters).Concat(_forAny).ToList())
            {
                SendAway(waiter, PoolRefusals.Stopping(options.Id));
            }

            EndIfIdle();
        }

        return _idle.Task;
    }

    private async Task<Turn> WaitAsync(Waiter waiter, TimeSpan timeLeft, CancellationToken cancellation)
    {
        var patience = timeLeft < options.QueueTimeout ? timeLeft : options.QueueTimeout;
        using var cancelled = cancellation.UnsafeRegister(
            _ => GiveUp(waiter, () => new OperationCanceledException(cancellation)), null);
        await using var late = time.CreateTimer(
            _ => GiveUp(waiter, () => patience < options.QueueTimeout
                ? PoolRefusals.DeadlinePassed(options.Id)
                : PoolRefusals.WaitedTooLong(options.Id, patience, _workers.Count)),
            state: null,
            patience > TimeSpan.Zero ? patience : TimeSpan.Zero,
            Timeout.InfiniteTimeSpan);
        return await waiter.Result;
    }

    private void GiveUp(Waiter waiter, Func<Exception> reason)
    {
        lock (_gate)
        {
            SendAway(waiter, reason());
        }
    }

    private void CallNext(PoolWorker worker)
    {
        while (worker.HasRoom && FirstOf(worker.Waiters.Min, _forAny.Min) is { } next)
        {
            var waitedForIt = next.Queue == worker.Waiters;
            Leave(next);
            if (waitedForIt || !IsStrict)
            {
                Give(next, worker);
            }
            else
            {
                // While it waited for any, another call of its session may have been given a worker.
                TryPlace(next);
            }
        }
    }

    /// <summary>Gives it a worker, or its place in a queue, or refuses it. False = it waits.</summary>
    private bool TryPlace(Waiter waiter)
    {
        if (waiter.Session.Length > 0 && _affinity.TryFind(waiter.Session, out var last))
        {
            if (last.HasRoom)
            {
                return Give(waiter, last);
            }

            if (IsStrict && last.IsLost)
            {
                // Told once: what comes after begins anew.
                _affinity.Forget(waiter.Session);
                waiter.SendAway(PoolRefusals.WorkerLost(last.Name, waiter.Session));
                return true;
            }

            if (options.Affinity == WorkerAffinity.StrictFailFast)
            {
                waiter.SendAway(PoolRefusals.Busy(last.Name, waiter.Session));
                return true;
            }

            if (IsStrict)
            {
                return Enqueue(waiter, last.Waiters);
            }
        }

        var free = _workers.Where(worker => worker.HasRoom).MinBy(worker => (worker.InFlight, worker.LastGiven));
        return free is null ? Enqueue(waiter, _forAny) : Give(waiter, free);
    }

    private bool Give(Waiter waiter, PoolWorker worker)
    {
        worker.InFlight++;
        worker.LastGiven = ++_given;
        _inFlight++;
        if (waiter.Session.Length > 0)
        {
            _affinity.Remember(waiter.Session, worker);
        }

        waiter.Call(new Turn(this, worker, waiter.Session));
        return true;
    }

    private bool Enqueue(Waiter waiter, SortedSet<Waiter> queue)
    {
        queue.Add(waiter);
        waiter.Queue = queue;
        _waiting++;
        return false;
    }

    /// <summary>No effect on one that was called or sent away before.</summary>
    private void SendAway(Waiter waiter, Exception reason)
    {
        if (Leave(waiter))
        {
            waiter.SendAway(reason);
        }
    }

    private bool Leave(Waiter waiter)
    {
        if (waiter.Queue is null)
        {
            return false;
        }

        waiter.Queue.Remove(waiter);
        waiter.Queue = null;
        _waiting--;
        return true;
    }

    private void EndIfIdle()
    {
        if (_draining && _inFlight == 0)
        {
            _idle.TrySetResult();
        }
    }

    private static Waiter? FirstOf(Waiter? one, Waiter? other) =>
        one is null || (other is not null && other.CompareTo(one) < 0) ? other : one;
}
